import { describe, expect, it } from 'vitest'
import { createFrameLog } from './frame-log.ts'

const now = () => new Date('2026-01-01T00:00:00Z')
const opened = { appId: 'movies', userId: 'ada' }

describe('the log of frames', () => {
  it('names the method of an answer by its request', () => {
    const log = createFrameLog({ now })
    const socket = log.open(opened)
    socket.frame('in', '{"id":1,"handle":-1,"method":"OpenDoc","params":["movies"]}')
    socket.frame('out', '{"id":1,"error":{"code":1003,"message":"no app"},"change":[2]}')
    socket.frame('out', '{"method":"OnConnected","params":{}}')
    expect(log.frames()).toMatchObject([
      { number: 1, socket: 1, direction: 'in', id: 1, handle: -1, method: 'OpenDoc' },
      { direction: 'out', method: 'OpenDoc', error: { code: 1003 }, change: [2] },
      { direction: 'out', method: 'OnConnected' },
    ])
  })

  it('keeps of two sockets each its own', () => {
    const log = createFrameLog({ now })
    const [one, two] = [log.open(opened), log.open(opened)]
    one.frame('in', '{"id":1,"method":"A"}')
    two.frame('out', '{"id":1}')
    expect(log.frames()[1]).not.toHaveProperty('method')
  })

  it('keeps the beginning of a long frame, and reads a huge one only at its head', () => {
    const log = createFrameLog({ now })
    const socket = log.open(opened)
    socket.frame('in', '{"id":7,"method":"GetData"}')
    const answer = `{"jsonrpc":"2.0","id":7,"result":"${'é'.repeat(300_000)}"}`
    socket.frame('out', answer)
    const frame = log.frames()[1]
    expect(frame).toMatchObject({ id: 7, method: 'GetData', isCut: true })
    expect(frame?.bytes).toBe(answer.length + 300_000)
    expect(frame?.text).toHaveLength(8192)
  })

  it.each(['', '[', 'null', '7', '"x"'])('shows a frame that is not a request: %j', (text) => {
    const log = createFrameLog({ now })
    log.open(opened).frame('in', text)
    expect(log.frames()).toMatchObject([{ text, direction: 'in' }])
  })

  it('tells of sockets and their end, and whoever listens hears it until they stop', () => {
    const log = createFrameLog({ now })
    const heard: unknown[] = []
    const stop = log.subscribe((event) => heard.push(event))
    const socket = log.open({ ...opened, identity: 'left' })
    socket.frame('in', '{}')
    socket.closed(4003, 'over')
    stop()
    socket.frame('in', '{}')
    expect(heard).toMatchObject([
      { socket: { number: 1, identity: 'left' } },
      { frame: { number: 1 } },
      { socket: { number: 1, closeCode: 4003, closeReason: 'over' } },
    ])
    expect(log.sockets()).toMatchObject([{ closedAt: '2026-01-01T00:00:00.000Z' }])
  })

  it('keeps the last frames and sockets only', () => {
    const log = createFrameLog({ now, frameLimit: 3, socketLimit: 2 })
    for (let round = 0; round < 20; round += 1) log.open(opened).frame('in', '{}')
    expect(log.frames().map(({ number }) => number)).toEqual([18, 19, 20])
    expect(log.sockets().map(({ number }) => number)).toEqual([19, 20])
  })

  it('forgets frames and closed sockets when it is cleared', () => {
    const log = createFrameLog({ now })
    const [closed, open] = [log.open(opened), log.open(opened)]
    closed.closed(1000, '')
    open.frame('in', '{}')
    log.clear()
    expect(log.frames()).toEqual([])
    expect(log.sockets()).toMatchObject([{ number: 2 }])
  })
})
