import { describe, expect, it } from 'vitest'
import '../close-event.fixture.ts'
import { waitingSocket } from './waiting-socket.ts'

/** What a web socket of a browser is to the code under test. */
function fakeSocket() {
  const sent: unknown[] = []
  const socket = Object.assign(new EventTarget(), {
    readyState: 0,
    send: (data: unknown) => sent.push(data),
    close(code = 1005) {
      socket.readyState = 3
      socket.dispatchEvent(new CloseEvent('close', { code }))
    },
  })
  return {
    socket: socket as unknown as WebSocket,
    sent,
    dispatch: socket.dispatchEvent.bind(socket),
  }
}

const heard = (socket: WebSocket) => {
  const events: string[] = []
  const note = (event: Event) =>
    events.push(event instanceof CloseEvent ? `close ${event.code}` : event.type)
  socket.onopen = note
  socket.onerror = note
  socket.addEventListener('message', ({ data }) => events.push(`message ${data}`))
  socket.addEventListener('close', note)
  return events
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a socket that opens later', () => {
  it('is told what happens to the real one, and passes on what is sent', async () => {
    const { promise, resolve } = Promise.withResolvers<WebSocket>()
    const socket = waitingSocket('wss://sense.example/app/a', promise)
    const events = heard(socket)
    expect([socket.url, socket.readyState]).toEqual(['wss://sense.example/app/a', 0])
    expect(() => socket.send('early')).toThrow(/CONNECTING/)
    const { socket: real, sent, dispatch } = fakeSocket()
    resolve(real)
    await settled()
    dispatch(new Event('open'))
    dispatch(new MessageEvent('message', { data: 'a' }))
    socket.send('b')
    socket.close(1000)
    expect(events).toEqual(['open', 'message a', 'close 1000'])
    expect([sent, socket.readyState]).toEqual([['b'], 3])
  })

  it('closes as refused when there is no real one', async () => {
    const socket = waitingSocket('wss://sense.example/', Promise.reject(new Error('no token')))
    const events = heard(socket)
    await settled()
    expect([events, socket.readyState]).toEqual([['error', 'close 1006'], 3])
  })

  it('stays closed when it was closed before', async () => {
    const { promise, resolve } = Promise.withResolvers<WebSocket>()
    const socket = waitingSocket('wss://sense.example/', promise)
    const events = heard(socket)
    socket.close()
    await settled()
    const { socket: real } = fakeSocket()
    resolve(real)
    await settled()
    expect([events, socket.readyState, real.readyState]).toEqual([['close 1006'], 3, 3])
  })
})
