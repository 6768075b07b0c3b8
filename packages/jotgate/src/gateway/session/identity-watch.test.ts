import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { identifyByCallback } from '../identify/callback.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createGatewaySessions } from './gateway-sessions.ts'
import { createIdentityWatch } from './identity-watch.ts'
import { here } from './place.fixture.ts'
import { assertionOf, personNamed, requestWith, userOf } from './session.fixture.ts'

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28) }))
afterEach(() => void vi.useRealTimers())

/** A person, or what happens in place of an answer. */
type Answer = 'ada' | 'bob' | 'nobody' | 'never' | Error

/** A host application that knows who has which cookie, and a session of Ada's. */
async function start(answer: Answer = 'ada', identity = personNamed('ada')) {
  const host = { answer, asked: [] as (string | null)[] }
  const identifier = identifyByCallback(async ({ headers }) => {
    host.asked.push(headers.get('cookie'))
    if (host.answer instanceof Error) throw host.answer
    if (host.answer === 'never') return new Promise(() => undefined)
    return host.answer === 'nobody' ? undefined : userOf(host.answer)
  })({ publicUrl: 'https://qlik.acme.example', clock: Date.now })
  const sessions = await createGatewaySessions({ store: memoryStore(), clock: Date.now })
  const entering = { identity, user: userOf('ada'), holder: 'browser' as const, place: here }
  const { session } = await sessions.open(entering)
  const watch = createIdentityWatch({ sessions, identifier, clock: Date.now })
  return {
    host,
    sessions,
    session,
    watch,
    check: (of = requestWith('sid=1')) => watch.check(session, of),
  }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)

describe('with each request', () => {
  it('the host application is asked, at most every 5 s, and once for all that ask at once', async () => {
    const { host, check, session } = await start()
    await Promise.all(Array.from({ length: 50 }, () => check()))
    await seconds(4.999)
    await check()
    expect(host.asked).toEqual(['sid=1'])
    await seconds(0.001)
    await check(requestWith('sid=2'))
    expect(host.asked).toEqual(['sid=1', 'sid=2'])
    expect(session.ended.aborted).toBe(false)
  })

  it.each([
    ['bob', 'replaced'],
    ['nobody', 'host-signed-out'],
  ] as const)('%s ends the session at once: %s', async (answer, reason) => {
    const { host, check, session, sessions } = await start()
    await check()
    host.answer = answer
    await seconds(5)
    await check()
    expect(session.ended.reason).toBe(reason)
    expect(sessions.size).toBe(0)
  })

  it('the same subject of another directory is another person', async () => {
    const of = { ...personNamed('ada'), user: { ...userOf('ada'), directory: 'ACME' } }
    const { check, session } = await start('ada', of)
    await check()
    expect(session.ended.reason).toBe('replaced')
  })

  it('no answer is 503, and the session goes on when there is one again', async () => {
    const { host, check, session } = await start(new Error('down'))
    for (let request = 0; request < 10; request += 1)
      await expect(check()).rejects.toMatchObject({ code: 'ERR_GATEWAY_HOST_SILENT', status: 503 })
    expect(host.asked).toHaveLength(1)
    await seconds(120)
    await expect(check()).rejects.toMatchObject({ status: 503 })
    host.answer = 'ada'
    await seconds(1)
    await check()
    expect(session.ended.aborted).toBe(false)
  })

  it('a slow answer is given up after 2 s', async () => {
    const { check } = await start('never')
    const refused = expect(check()).rejects.toMatchObject({ code: 'ERR_GATEWAY_HOST_SILENT' })
    await seconds(2)
    await refused
  })

  it('nobody is asked about somebody who brought an assertion', async () => {
    const { host, check, watch, session } = await start('bob', assertionOf('ada'))
    await check()
    expect(watch.follow(session, requestWith(), new PassThrough())).toBe(session)
    expect(host.asked).toEqual([])
  })
})

describe('while a socket is open alone', () => {
  async function open(answer: Answer = 'ada') {
    const started = await start()
    await started.check()
    const socket = new PassThrough()
    const followed = started.watch.follow(started.session, requestWith('sid=1'), socket)
    started.host.answer = answer
    return { ...started, socket, followed }
  }

  it('the host application is asked every 5 s, with the newest request of the session', async () => {
    const { host, check, followed } = await open()
    await seconds(20)
    expect(host.asked).toHaveLength(5)
    await check(requestWith('sid=2'))
    await seconds(20)
    expect(host.asked.slice(5)).toEqual(['sid=2', 'sid=2', 'sid=2', 'sid=2'])
    expect(followed.ended.aborted).toBe(false)
  })

  it('requests make further questions needless', async () => {
    const { host, check } = await open()
    for (let at = 0; at < 40; at += 1) {
      await seconds(1)
      await check()
    }
    expect(host.asked.length).toBeLessThanOrEqual(9)
  })

  it.each([
    ['bob', 'replaced'],
    ['nobody', 'host-signed-out'],
  ] as const)('%s ends session and socket within 5 s: %s', async (answer, reason) => {
    const { session, followed } = await open(answer)
    await seconds(5)
    expect([session.ended.reason, followed.ended.reason]).toEqual([reason, reason])
  })

  it.each([[new Error('down')], ['never']] as const)(
    'after 30 s without an answer the socket ends, and the session stays: %s',
    async (answer) => {
      const { session, followed, host, check } = await open(answer)
      await seconds(29.5)
      expect(followed.ended.aborted).toBe(false)
      await seconds(0.5)
      expect(followed.ended.reason).toBe('host-silent')
      expect(session.ended.aborted).toBe(false)
      const asked = host.asked.length
      await seconds(60)
      expect(host.asked).toHaveLength(asked)
      await expect(Promise.all([check(), seconds(3)])).rejects.toMatchObject({ status: 503 })
    },
  )

  it('an answer in time keeps the socket, also when most questions fail', async () => {
    const { host, followed } = await open(new Error('down'))
    for (let round = 0; round < 10; round += 1) {
      await seconds(20)
      host.answer = 'ada'
      await seconds(5)
      host.answer = new Error('down')
    }
    expect(followed.ended.aborted).toBe(false)
  })

  it('questions stop with the last socket, and with the session', async () => {
    const { host, watch, session, sessions, socket } = await open()
    const other = new PassThrough()
    const followed = watch.follow(session, requestWith('sid=1'), other)
    socket.destroy()
    await seconds(10)
    expect(host.asked).toHaveLength(3)
    await sessions.end(session, 'revoked')
    expect(followed.ended.reason).toBe('revoked')
    await seconds(60)
    expect(host.asked).toHaveLength(3)
    other.destroy()

    const second = await open()
    second.socket.destroy()
    await seconds(60)
    expect(second.host.asked).toHaveLength(1)
  })

  it('a new socket after the silence is followed again', async () => {
    const { watch, session, host, check } = await open(new Error('down'))
    await seconds(31)
    host.answer = 'ada'
    await check()
    const followed = watch.follow(session, requestWith('sid=1'), new PassThrough())
    await seconds(60)
    expect(followed.ended.aborted).toBe(false)
    host.answer = 'nobody'
    await seconds(5)
    expect(followed.ended.reason).toBe('host-signed-out')
  })
})

it('without somebody to ask, nothing is asked', async () => {
  const { sessions, session } = await start()
  const watch = createIdentityWatch({ sessions, clock: Date.now })
  await watch.check(session, requestWith())
  expect(watch.follow(session, requestWith(), new PassThrough())).toBe(session)
  watch.close()
})
