import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport } from '../../qlik/index.ts'
import { createFetchAlone } from './fetch-alone.ts'

const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** Answers each connection with its number, and then once more, with or after the answer. */
async function start(extraAfterMs: number) {
  const sockets: Socket[] = []
  const requests: string[] = []
  const server = createServer((socket) => {
    const number = sockets.push(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      requests.push(chunk.toString())
      if (extraAfterMs === 0) socket.write(ok(`${number}`) + ok(`extra of ${number}`))
      else {
        socket.write(ok(`${number}`))
        setTimeout(() => socket.writable && socket.write(ok(`extra of ${number}`)), extraAfterMs)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const transport = await createTransport({})
  onTestFinished(async () => {
    await transport.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { fetch: createFetchAlone(transport), url, sockets, requests }
}

it.each([0, 1, 5])(
  'G-S4 opens a connection for each call, and closes it: an answer too many %i ms later reaches nobody',
  async (extraAfterMs) => {
    const { fetch, url, sockets } = await start(extraAfterMs)
    for (let call = 1; call <= 20; call += 1)
      expect(await (await fetch(url)).text()).toBe(`${call}`)
    await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
    expect(sockets).toHaveLength(20)
  },
)

it('sends what it is given, and closes the connection of an answer that is discarded', async () => {
  const { fetch, url, sockets, requests } = await start(1)
  const answer = await fetch(`${url}a`, { method: 'POST', body: 'b' })
  await answer.body?.cancel()
  expect(requests.join('')).toMatch(/^POST \/a HTTP\/1\.1[\s\S]*\r\n\r\nb$/)
  await expect.poll(() => sockets.every(({ destroyed }) => destroyed)).toBe(true)
})

it('opens no connection for a call that was given up', async () => {
  const { fetch, url, sockets } = await start(1)
  const given = { signal: AbortSignal.abort() }
  await expect(fetch(url, given)).rejects.toMatchObject({ name: 'AbortError' })
  expect(sockets).toEqual([])
})
