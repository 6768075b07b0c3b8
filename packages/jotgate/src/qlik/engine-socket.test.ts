import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { ProductName } from '../values/index.ts'
import { engineSocket } from './engine-socket.ts'
import { createSession } from './session.ts'
import { createTransport } from './transport.ts'

let close: () => Promise<void>
afterEach(() => close())

/** A server that gives a new CSRF token each time, and says what came with the upgrade of a socket. */
async function start() {
  let count = 0
  const server = createServer((request, response) => {
    expect(request.url).toMatch(/^\/jwt\/qps\/csrftoken\?xrfkey=/)
    count += 1
    response.writeHead(204, { 'qlik-csrf-token': `csrf-${count}` }).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { url, headers }) => {
    const { cookie, origin, authorization } = headers
    socket.send(JSON.stringify({ url, cookie, origin, authorization }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () =>
    new Promise((resolve) => {
      for (const socket of sockets.clients) socket.terminate()
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const sessionAt = (product: ProductName, url: string) =>
  createSession({
    deployment: { product, url, prefix: 'jwt' },
    openedAt: 0,
    cookies: new Map([['a', 'b']]),
    csrfToken: 'csrf-0',
  })

function firstMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      socket.close()
      resolve(JSON.parse(String(data)))
    })
    socket.addEventListener('error', () => reject(new Error('no socket')))
  })
}

it.each([false, true])(
  'opens each socket with a token of its own; a transport: %s',
  async (isGiven) => {
    const url = await start()
    const session = sessionAt('client-managed', url)
    const transport = isGiven ? await createTransport({}) : undefined
    const options = { session, appId: 'a b', ...(transport && { transport }) }
    for (const count of [1, 2]) {
      const { createSocket } = await engineSocket(options)
      expect(await firstMessage(createSocket())).toEqual({
        url: `/jwt/app/a%20b?qlik-csrf-token=csrf-${count}`,
        cookie: 'a=b',
        origin: url,
      })
    }
    await transport?.close()
  },
)

it('asks Qlik Cloud for no other token', async () => {
  const url = await start()
  const { createSocket } = await engineSocket({ session: sessionAt('cloud', url), appId: 'x' })
  expect(await firstMessage(createSocket())).toMatchObject({
    url: '/app/x?qlik-csrf-token=csrf-0',
    cookie: 'a=b',
  })
})

it('asks for nothing when the address is wrong', async () => {
  const url = await start()
  const session = sessionAt('client-managed', `${url}1`)
  await expect(engineSocket({ session, appId: '' })).rejects.toMatchObject({
    code: 'ERR_QLIK_OPTION',
  })
})
