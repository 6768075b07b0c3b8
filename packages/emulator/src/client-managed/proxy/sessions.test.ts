import { expect, it } from 'vitest'
import { createProxySessions, maximumSessions } from './sessions.ts'

/** Sessions by a clock that goes on by a millisecond at each look. */
function startSessions() {
  let atMs = 0
  const sessions = createProxySessions({
    now: () => new Date(atMs++),
    switches: { get: () => ({ endedSessionCountsSec: 3600, sessionsOfNodes: 'own' }) as never },
    timeoutMinutesOf: () => 30,
  })
  const open = (id: string) =>
    sessions.open({
      id,
      virtualProxyId: 'v',
      nodeId: 'n',
      user: { directory: 'ACME', id: 'ada' },
      attributes: new Map(),
      environment: {} as never,
    })
  return { sessions, open }
}

it('keeps a limited number of sessions and ends that which was unused for longest', () => {
  const { sessions, open } = startSessions()
  const first = open('0')
  const second = open('1')
  const ended: string[] = []
  second.sockets.add((end) => ended.push(end))
  for (let index = 2; index < maximumSessions; index += 1) open(String(index))
  sessions.touch(first)
  expect(ended).toEqual([])
  open('one more')
  expect(sessions.list()).toHaveLength(maximumSessions)
  expect(ended).toEqual(['OnSessionClosed'])
  const live = (id: string) => sessions.find({ id, virtualProxyId: 'v', nodeId: 'n' })?.id
  expect([live('0'), live('1'), live('one more')]).toEqual(['0', undefined, 'one more'])
})

it('keeps a limited number of ended sessions in mind', () => {
  const { sessions, open } = startSessions()
  for (let index = 0; index < 1100; index += 1) {
    open(String(index))
    sessions.end(String(index), 'OnSessionClosed')
  }
  expect(sessions.countParallel(open('last'))).toEqual({ before: 1000, all: 1001, ended: 1000 })
})
