import { describe, expect, it } from 'vitest'
import './close-event.fixture.ts'
import type { PageLogin } from './page-login.ts'
import { createSockets } from './sockets.ts'

/** A login that is not certain until the test says so, and a socket of it. */
function openSocket() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isConfirmed = true
  let comparisons = 0
  const login = {
    isConfirmed: () => isConfirmed,
    confirmed: () => promise,
    noteClosed: () => {
      comparisons += 1
    },
  } as unknown as PageLogin
  const sent: unknown[] = []
  const raw = Object.assign(new EventTarget(), {
    send: (data: unknown) => sent.push(data),
    close: (code = 1005) => raw.dispatchEvent(new CloseEvent('close', { code })),
  })
  const sockets = createSockets(login)
  const socket = sockets.add(raw as unknown as WebSocket)
  const shown: unknown[] = []
  socket.addEventListener('message', ({ data }) => shown.push(data))
  return {
    socket,
    sockets,
    sent,
    shown,
    receive: (data: string) => raw.dispatchEvent(new MessageEvent('message', { data })),
    goAway: () => {
      isConfirmed = false
    },
    confirm: () => {
      isConfirmed = true
      resolve()
    },
    end: () => reject(new Error('another person')),
    comparisons: () => comparisons,
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a socket of a page that was away', () => {
  it('shows and sends what waited, in order, when the person is confirmed', async () => {
    const { socket, shown, sent, receive, goAway, confirm } = openSocket()
    receive('a')
    socket.send('1')
    goAway()
    for (const data of ['b', 'c']) receive(data)
    for (const data of ['2', '3']) socket.send(data)
    await settled()
    expect([shown, sent]).toEqual([['a'], ['1']])
    confirm()
    await settled()
    receive('d')
    expect([shown, sent]).toEqual([
      ['a', 'b', 'c', 'd'],
      ['1', '2', '3'],
    ])
  })

  it('shows and sends nothing when it is somebody else', async () => {
    const { socket, shown, sent, receive, goAway, end } = openSocket()
    goAway()
    receive('b')
    socket.send('2')
    end()
    await settled()
    expect([shown, sent]).toEqual([[], []])
  })
})

describe('a socket that closes', () => {
  it('leads to a comparison when Qlik closed it, with whatever code', () => {
    for (const code of [1000, 1006, 4001]) {
      const { socket, comparisons } = openSocket()
      socket.dispatchEvent(new CloseEvent('close', { code }))
      expect(comparisons(), String(code)).toBe(1)
    }
  })

  it('leads to none when the page or the end of the login closed it', () => {
    const [one, other] = [openSocket(), openSocket()]
    one.socket.close(1000)
    other.sockets.closeAll()
    expect([one.comparisons(), other.comparisons()]).toEqual([0, 0])
  })
})
