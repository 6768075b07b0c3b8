import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createEmulator, type Emulator, moviesAppId } from '../../index.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await createEmulator()
})
afterAll(() => emulator.close())

interface Event {
  name: string
  data: Record<string, unknown>
}

/** Reads events until one matches. */
async function readEvents(): Promise<{
  until(matches: (event: Event) => boolean): Promise<Event>
  end(): Promise<void>
}> {
  const response = await fetch(`${emulator.url}/_emulator/api/events`)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('no body')
  let text = ''
  return {
    async until(matches) {
      for (;;) {
        const at = text.indexOf('\n\n')
        if (at === -1) {
          const { value, done } = await reader.read()
          if (done) throw new Error('the stream ended')
          text += value
          continue
        }
        const block = text.slice(0, at)
        text = text.slice(at + 2)
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? []
        if (name === undefined || data === undefined) continue
        const event = { name, data: JSON.parse(data) as Event['data'] }
        if (matches(event)) return event
      }
    },
    end: () => reader.cancel(),
  }
}

describe('the stream of events', () => {
  it('tells each request as it comes, with advice', async () => {
    const events = await readEvents()
    await (await fetch(`${emulator.url}/api/v1/users/me`)).text()
    const { data } = await events.until(({ name }) => name === 'request')
    expect(data).toMatchObject({
      path: '/api/v1/users/me',
      status: 401,
      error: { code: 'HTTP-401' },
      advice: [{ why: expect.stringContaining('cookie') }],
    })
    await events.end()
  })

  it('tells engine sockets and their frames', async () => {
    const events = await readEvents()
    const headers = { authorization: `Bearer ${emulator.adminKey}` }
    const url = `ws://localhost:${emulator.port}/app/${moviesAppId}`
    const socket = new WebSocket(url, { headers })
    await once(socket, 'message')
    socket.send(
      JSON.stringify({ jsonrpc: '2.0', id: 1, handle: -1, method: 'Nonsense', params: [] }),
    )
    const { data } = await events.until(({ data: { error } }) => error !== undefined)
    expect(data).toMatchObject({ direction: 'out', method: 'Nonsense', error: { code: -32601 } })
    socket.close(1000)
    const closed = await events.until(
      ({ name, data: one }) => name === 'socket' && 'closedAt' in one,
    )
    expect(closed.data).toMatchObject({ appId: moviesAppId, closeCode: 1000 })
    await events.end()
  })

  it('tells that faults, switches and clock changed, and of a reset', async () => {
    const events = await readEvents()
    for (const change of [
      () => emulator.faults.set([]),
      () => emulator.switches.set({ usersMeStatus: 200 }),
      () => emulator.clock.advance(1),
    ]) {
      change()
      await events.until(({ name }) => name === 'changed')
    }
    const authorization = `Bearer ${emulator.adminKey}`
    await fetch(`${emulator.url}/_emulator/api/reset`, {
      method: 'POST',
      headers: { authorization },
    })
    await events.until(({ name }) => name === 'reset')
    await events.end()
  })

  it('ends with the emulator', async () => {
    const other = await createEmulator()
    const response = await fetch(`${other.url}/_emulator/api/events`)
    const reading = response.text().catch(() => 'cut')
    await other.close()
    expect(await reading).toBe('cut')
  })
})
