import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import type { GatewaySession } from './gateway-session.ts'
import { createGatewaySessions, type GatewaySessionsOptions } from './gateway-sessions.ts'
import { here } from './place.fixture.ts'
import {
  assertionOf,
  personNamed,
  providerTokenOf,
  requestOf,
  requestWith,
  sessionsIn,
  userOf,
} from './session.fixture.ts'

const minute = 60_000

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 28) }))
afterEach(() => void vi.useRealTimers())

const createSessions = (options: Partial<GatewaySessionsOptions> = {}) =>
  createGatewaySessions({ store: memoryStore(), clock: Date.now, ...options })

const browser = (subject: string, identity = personNamed(subject)) => ({
  identity,
  user: userOf(subject),
  holder: 'browser' as const,
  place: here,
})
const program = (subject: string, identity = providerTokenOf(subject)) => ({
  identity,
  user: userOf(subject),
  holder: 'program' as const,
  place: here,
})

/** A store that does not answer until it is told to, or that is away. */
function slowStore(verb: 'add' | 'put' | 'delete') {
  const store = memoryStore()
  const waiting: (() => void)[] = []
  let isAway = false
  const call = async (...all: unknown[]) => {
    if (isAway) throw new Error('the store is away')
    await new Promise<void>((resolve) => waiting.push(resolve))
    return (store[verb] as (...all: unknown[]) => unknown)(...all)
  }
  return {
    store: { ...store, [verb]: call } as Store,
    calls: waiting,
    answer: () => waiting.splice(0).forEach((resolve) => void resolve()),
    goAway: (away: boolean) => {
      isAway = away
    },
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a gateway session', () => {
  it('is found by its cookie, whose secret neither it nor the store has', async () => {
    const store = memoryStore()
    const sessions = await createSessions({ store })
    const { session, secret } = await sessions.open(browser('ada'))
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(session.id).toBe(createHash('sha256').update(secret).digest('hex'))
    expect(session).toMatchObject({ holder: 'browser', identity: { subject: 'ada' } })
    expect(await sessions.find(requestOf(secret))).toBe(session)
    expect(await sessions.find(requestWith())).toBeUndefined()
    expect(await sessions.find(requestOf(session.id.slice(0, 43)))).toBeUndefined()
    const kept = await sessionsIn(store)
    expect(JSON.stringify(kept)).not.toContain(secret)
    expect(JSON.stringify([session, kept])).toContain('ada')
  })

  it('T-C17: has an ID of its own at every login, never one that the browser brought', async () => {
    const sessions = await createSessions()
    const planted = 'P'.repeat(43)
    expect(await sessions.find(requestOf(planted))).toBeUndefined()
    const all = await Promise.all(Array.from({ length: 50 }, () => sessions.open(browser('ada'))))
    expect(new Set(all.map(({ secret }) => secret)).size).toBe(50)
    expect(await sessions.find(requestOf(planted))).toBeUndefined()
  })

  it('survives a restart, with its last use to the minute', async () => {
    const store = memoryStore()
    const first = await createSessions({ store })
    const { session, secret } = await first.open(browser('ada'))
    await vi.advanceTimersByTimeAsync(20 * minute)
    first.use(session)
    await settle()
    const second = await createSessions({ store })
    const found = await second.find(requestOf(secret))
    expect(found).toMatchObject({ id: session.id, user: session.user, openedAt: session.openedAt })
    expect(second.endsAt(found as GatewaySession)).toEqual(first.endsAt(session))
    expect(second.size).toBe(1)
  })

  it('is not there after a restart when it has ended before', async () => {
    const store = memoryStore()
    const first = await createSessions({ store })
    const { session, secret } = await first.open(browser('ada'))
    await first.end(session, 'signed-out')
    const second = await createSessions({ store })
    expect(await second.find(requestOf(secret))).toBeUndefined()
    expect(second.size).toBe(0)
  })

  it('writes its use at most once a minute, and the rest when the gateway stops', async () => {
    const store = memoryStore()
    const put = vi.spyOn(store, 'put')
    const sessions = await createSessions({ store })
    const { session } = await sessions.open(browser('ada'))
    for (let second = 0; second < 600; second += 1) {
      await vi.advanceTimersByTimeAsync(1000)
      sessions.use(session)
      sessions.use(session)
    }
    expect(put).toHaveBeenCalledTimes(1 + 10)
    await vi.advanceTimersByTimeAsync(1000)
    sessions.use(session)
    await sessions.close()
    expect(put).toHaveBeenCalledTimes(1 + 10 + 1)
    expect(put.mock.lastCall?.[1].record.lastUsedAt).toBe(Date.now())
    expect(session.ended.aborted).toBe(false)
  })

  it('is dropped at the start when its record has another form', async () => {
    const store = memoryStore()
    await store.put('session', { id: 'a', record: { holder: 'x' }, expiresAt: Date.now() + minute })
    const sessions = await createSessions({ store })
    expect(sessions.size).toBe(0)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await store.get('session', 'a')).toBeUndefined()
  })

  it.each(['idleSeconds', 'absoluteSeconds', 'maxSessions'])('refuses a wrong %s', async (name) => {
    for (const value of [0, -1, 1.5, '60', 1e9])
      await expect(createSessions({ [name]: value })).rejects.toMatchObject({
        code: 'ERR_GATEWAY_OPTION',
        details: { option: `session.${name}` },
      })
  })
})

describe('the end of a session (ASVS 7.3.1, 7.3.2)', () => {
  it('comes when it was not used for the idle time, to the millisecond', async () => {
    const sessions = await createSessions()
    const { session, secret } = await sessions.open(browser('ada'))
    vi.setSystemTime(session.openedAt + 30 * minute - 1)
    expect(await sessions.find(requestOf(secret))).toBe(session)
    vi.setSystemTime(session.openedAt + 30 * minute)
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
    expect(session.ended.reason).toBe('expired')
    expect(sessions.endReasonOf(requestOf(secret))).toBe('expired')
  })

  it('comes by itself within a second when nobody looks', async () => {
    const onEnd = vi.fn()
    const sessions = await createSessions({ onEnd })
    const { session } = await sessions.open(browser('ada'))
    await vi.advanceTimersByTimeAsync(30 * minute - 1)
    expect(session.ended.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1001)
    expect(session.ended.reason).toBe('expired')
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(session, 'expired')
    expect(sessions.size).toBe(0)
  })

  it('is put off by use, but a find is none, and nothing revives what has ended', async () => {
    const sessions = await createSessions()
    const { session, secret } = await sessions.open(browser('ada'))
    await vi.advanceTimersByTimeAsync(29 * minute)
    sessions.use(session)
    await vi.advanceTimersByTimeAsync(29 * minute)
    expect(await sessions.find(requestOf(secret))).toBe(session)
    expect(sessions.endsAt(session).idle).toBe(Date.now() + minute)
    vi.setSystemTime(Date.now() + minute)
    sessions.use(session)
    expect(session.ended.reason).toBe('expired')
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
  })

  it('comes after the longest time, however much it is used', async () => {
    const sessions = await createSessions({ absoluteSeconds: 3600 })
    const { session, secret } = await sessions.open(browser('ada'))
    for (let at = 0; at < 60; at += 1) {
      expect(session.ended.aborted).toBe(false)
      sessions.use(session)
      await vi.advanceTimersByTimeAsync(minute - 1)
      expect(await sessions.find(requestOf(secret))).toBe(session)
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
    expect(session.ended.reason).toBe('expired')
  })

  it('comes 15 minutes after an assertion, and at the end of a provider’s token', async () => {
    const sessions = await createSessions()
    const asserted = await sessions.open(browser('ada', assertionOf('ada')))
    const provided = await sessions.open(
      browser('bob', providerTokenOf('bob', { lifeMs: 1200_000 })),
    )
    expect(sessions.endsAt(asserted.session).absolute).toBe(Date.now() + 15 * minute)
    expect(sessions.endsAt(provided.session).absolute).toBe(Date.now() + 20 * minute)
    await vi.advanceTimersByTimeAsync(15 * minute)
    expect(asserted.session.ended.reason).toBe('expired')
    expect(provided.session.ended.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(5 * minute)
    expect(provided.session.ended.reason).toBe('expired')
  })

  it('acts before anything else: sockets first, then onEnd, and the store when it can', async () => {
    const { store, calls, answer } = slowStore('delete')
    const order: string[] = []
    const sessions = await createSessions({ store, onEnd: () => order.push('onEnd') })
    const { session, secret } = await sessions.open(browser('ada'))
    session.ended.addEventListener('abort', () => order.push('ended'))
    const ending = sessions.end(session, 'revoked').then(() => order.push('stored'))
    expect(order).toEqual(['ended', 'onEnd'])
    expect(session.ended.reason).toBe('revoked')
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
    await sessions.end(session, 'signed-out')
    expect(calls).toHaveLength(1)
    answer()
    await ending
    expect(order).toEqual(['ended', 'onEnd', 'stored'])
  })

  it('is written when the store is back', async () => {
    const slow = slowStore('delete')
    const sessions = await createSessions({ store: slow.store })
    const { session } = await sessions.open(browser('ada'))
    slow.goAway(true)
    await sessions.end(session, 'revoked')
    expect(await slow.store.get('session', session.id)).toBeDefined()
    slow.goAway(false)
    await vi.advanceTimersByTimeAsync(1000)
    slow.answer()
    await settle()
    expect(await slow.store.get('session', session.id)).toBeUndefined()
  })

  it('is not undone by a use at the same time (G-S6)', async () => {
    const store = memoryStore()
    const sessions = await createSessions({ store })
    const opened = await Promise.all(
      Array.from({ length: 100 }, (_, at) => sessions.open(browser(`user ${at}`))),
    )
    await vi.advanceTimersByTimeAsync(2 * minute)
    await Promise.all(
      opened.flatMap(({ session }, at) => {
        const use = () => sessions.use(session)
        if (at % 2 === 0) use()
        const ending = sessions.end(session, 'revoked')
        use()
        return [ending, Promise.resolve().then(use)]
      }),
    )
    expect(await sessionsIn(store)).toEqual([])
    for (const { secret } of opened) expect(await sessions.find(requestOf(secret))).toBeUndefined()
  })

  it('reaches a login that is under way', async () => {
    const slow = slowStore('put')
    const sessions = await createSessions({ store: slow.store })
    const opening = sessions.open(browser('ada'))
    const refused = expect(opening).rejects.toMatchObject({ code: 'ERR_GATEWAY_SESSION_ENDED' })
    await settle()
    const [underWay] = sessions.list({ subject: 'ada' })
    await sessions.end(underWay as GatewaySession, 'revoked')
    slow.answer()
    await refused
    expect(sessions.size).toBe(0)
  })
})

describe('opening', () => {
  it('G-S6: takes a token that may be used once, once', async () => {
    const sessions = await createSessions()
    for (let round = 0; round < 20; round += 1) {
      const identity = assertionOf('ada', { jti: `jti ${round}` })
      const all = await Promise.allSettled(
        Array.from({ length: 100 }, () => sessions.open(browser('ada', identity))),
      )
      const refused = all.filter((one) => one.status === 'rejected')
      expect(refused).toHaveLength(99)
      for (const { reason } of refused)
        expect(reason).toMatchObject({ code: 'ERR_GATEWAY_TOKEN_USED', status: 401 })
    }
    expect(sessions.size).toBe(20)
  })

  it('takes no token a second time after a restart, and tells issuer and ID apart', async () => {
    const store = memoryStore()
    const first = await createSessions({ store })
    await first.open(browser('ada', assertionOf('ada', { issuer: 'a', jti: 'bc' })))
    const second = await createSessions({ store })
    const again = browser('ada', assertionOf('ada', { issuer: 'a', jti: 'bc' }))
    await expect(second.open(again)).rejects.toMatchObject({ code: 'ERR_GATEWAY_TOKEN_USED' })
    const other = browser('ada', assertionOf('ada', { issuer: 'ab', jti: 'c' }))
    await expect(second.open(other)).resolves.toBeDefined()
  })

  it('has the token written before the session, and both before its answer', async () => {
    const store = memoryStore()
    const order: string[] = []
    const watched: Store = {
      ...store,
      add: async (kind, stored) => {
        await Promise.resolve()
        order.push(kind)
        return store.add(kind, stored)
      },
      put: async (kind, stored) => {
        await Promise.resolve()
        order.push(kind)
        return store.put(kind, stored)
      },
    }
    const sessions = await createSessions({ store: watched })
    await sessions
      .open({
        ...browser('ada', assertionOf('ada')),
        beforeUse: async () => void order.push('audit'),
      })
      .then(() => order.push('answer'))
    expect(order).toEqual(['used-token', 'session', 'audit', 'answer'])
  })

  it('fails without a store, and without what must be written before', async () => {
    const slow = slowStore('put')
    const sessions = await createSessions({ store: slow.store })
    slow.goAway(true)
    await expect(sessions.open(browser('ada'))).rejects.toThrow('the store is away')
    slow.goAway(false)
    const beforeUse = () => Promise.reject(new Error('the audit log is away'))
    const opening = sessions.open({ ...program('ada'), beforeUse })
    const refused = expect(opening).rejects.toThrow('the audit log is away')
    await settle()
    slow.answer()
    await refused
    expect(sessions.size).toBe(0)
    expect(await sessionsIn(slow.store)).toEqual([])
    // A provider's token may be tried again.
    const again = sessions.open(program('ada'))
    await settle()
    slow.answer()
    await expect(again).resolves.toBeDefined()
  })

  it('is bounded in number, counts those under way, and goes on when one has ended', async () => {
    const sessions = await createSessions({ maxSessions: 3 })
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, at) => sessions.open(browser(`user ${at}`))),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    await expect(sessions.open(browser('late'))).rejects.toMatchObject({
      code: 'ERR_GATEWAY_FULL',
      status: 503,
    })
    const [any] = sessions.list()
    await sessions.end(any as GatewaySession, 'signed-out')
    await expect(sessions.open(browser('late'))).resolves.toBeDefined()
    await vi.advanceTimersByTimeAsync(31 * minute)
    expect(sessions.size).toBe(0)
  })
})

describe('a program', () => {
  it('has one session for all calls with one token, also for the first that come at once', async () => {
    const sessions = await createSessions()
    const beforeUse = vi.fn(async () => undefined)
    const identity = assertionOf('job')
    const all = await Promise.all(
      Array.from({ length: 100 }, () => sessions.open({ ...program('job', identity), beforeUse })),
    )
    const [first] = all
    expect(new Set(all.map(({ session }) => session.id)).size).toBe(1)
    expect(all.map(({ secret }) => secret).join('')).toBe('')
    expect(beforeUse).toHaveBeenCalledOnce()
    expect(await sessions.findByToken(identity.tokenHash as string, here.site)).toBe(first?.session)
    expect(await sessions.findByToken('another', here.site)).toBeUndefined()
    const late = await sessions.open(program('job', identity))
    expect(late.session).toBe(first?.session)
  })

  it('is not found before what must be written is written', async () => {
    const sessions = await createSessions()
    let write = () => {}
    const beforeUse = () =>
      new Promise<void>((resolve) => {
        write = resolve
      })
    const opening = sessions.open({ ...program('job'), beforeUse })
    await settle()
    expect(await sessions.findByToken('hash of job', here.site)).toBeUndefined()
    write()
    await opening
    expect(await sessions.findByToken('hash of job', here.site)).toBeDefined()
  })

  it('loses its session when the token expires, and finds it after a restart until then', async () => {
    const store = memoryStore()
    const first = await createSessions({ store })
    const identity = assertionOf('job')
    await first.open(program('job', identity))
    await vi.advanceTimersByTimeAsync(119_999)
    const second = await createSessions({ store })
    expect(await second.findByToken(identity.tokenHash as string, here.site)).toBeDefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(await second.findByToken(identity.tokenHash as string, here.site)).toBeUndefined()
  })

  it('cannot log in with the token of a browser, nor a browser with that of a program', async () => {
    const sessions = await createSessions()
    const identity = assertionOf('ada')
    await sessions.open(browser('ada', identity))
    await expect(sessions.open(program('ada', identity))).rejects.toMatchObject({ status: 401 })
    const other = assertionOf('ada', { jti: 'other' })
    await sessions.open(program('ada', other))
    await expect(sessions.open(browser('ada', other))).rejects.toMatchObject({ status: 401 })
  })

  it.each(['revoked', 'signed-out'] as const)(
    'does not get in again with a token whose session was ended: %s',
    async (reason) => {
      const store = memoryStore()
      const sessions = await createSessions({ store })
      const { session } = await sessions.open(program('job'))
      await sessions.end(session, reason)
      await expect(sessions.open(program('job'))).rejects.toMatchObject({
        code: 'ERR_GATEWAY_TOKEN_USED',
      })
      const restarted = await createSessions({ store })
      await expect(restarted.open(browser('job', providerTokenOf('job')))).rejects.toThrow()
    },
  )

  it('gets in again with a provider’s token when its session was idle for too long', async () => {
    const sessions = await createSessions()
    const identity = providerTokenOf('job')
    const { session } = await sessions.open(program('job', identity))
    await vi.advanceTimersByTimeAsync(31 * minute)
    expect(session.ended.reason).toBe('expired')
    const again = await sessions.open(program('job', identity))
    expect(again.session.id).not.toBe(session.id)
  })
})

describe('a second login of the same person', () => {
  const assertion = (number: number) => assertionOf('ada', { jti: `jti ${number}` })

  it('goes on with the session under another secret, and takes the old one for 30 s', async () => {
    const store = memoryStore()
    const sessions = await createSessions({ store })
    const { session, secret } = await sessions.open(browser('ada', assertion(1)))
    await vi.advanceTimersByTimeAsync(14 * minute)
    const newSecret = await sessions.extend(session, assertion(2))
    expect(newSecret).not.toBe(secret)
    expect(sessions.endsAt(session).absolute).toBe(Date.now() + 15 * minute)
    await vi.advanceTimersByTimeAsync(29_999)
    for (const one of [secret, newSecret]) expect(await sessions.find(requestOf(one))).toBe(session)
    vi.setSystemTime(Date.now() + 1)
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
    expect(await sessions.find(requestOf(newSecret))).toBe(session)
    expect(session.ended.aborted).toBe(false)
    const restarted = await createSessions({ store })
    expect(await restarted.find(requestOf(newSecret))).toMatchObject({ id: session.id })
    expect(await restarted.find(requestOf(secret))).toBeUndefined()
  })

  it('consumes its token, which neither extends nor opens anything again', async () => {
    const sessions = await createSessions()
    const { session } = await sessions.open(browser('ada', assertion(1)))
    await sessions.extend(session, assertion(2))
    for (const number of [1, 2]) {
      await expect(sessions.extend(session, assertion(number))).rejects.toMatchObject({
        code: 'ERR_GATEWAY_TOKEN_USED',
      })
      await expect(sessions.open(browser('ada', assertion(number)))).rejects.toThrow()
    }
  })

  it('gives tabs that log in at once one secret, so that any order of their answers works', async () => {
    const sessions = await createSessions()
    const { session } = await sessions.open(browser('ada', assertion(0)))
    const secrets = await Promise.all(
      Array.from({ length: 10 }, (_, at) => sessions.extend(session, assertion(at + 1))),
    )
    expect(new Set(secrets).size).toBe(1)
    await vi.advanceTimersByTimeAsync(31_000)
    const [secret = ''] = secrets
    expect(await sessions.find(requestOf(secret))).toBe(session)
    expect(await sessions.extend(session, assertion(20))).not.toBe(secret)
  })

  it('leaves the old secret when the new one cannot be written', async () => {
    const slow = slowStore('put')
    const sessions = await createSessions({ store: slow.store })
    const opening = sessions.open(browser('ada', assertion(1)))
    await settle()
    slow.answer()
    const { session, secret } = await opening
    slow.goAway(true)
    await expect(sessions.extend(session, assertion(2))).rejects.toThrow('the store is away')
    await vi.advanceTimersByTimeAsync(minute)
    expect(await sessions.find(requestOf(secret))).toBe(session)
  })

  it('is refused when the session has ended, also while it was under way', async () => {
    const sessions = await createSessions()
    const { session, secret } = await sessions.open(browser('ada', assertion(1)))
    const extending = sessions.extend(session, assertion(2))
    const refused = expect(extending).rejects.toMatchObject({ code: 'ERR_GATEWAY_SESSION_ENDED' })
    await sessions.end(session, 'revoked')
    await refused
    await expect(sessions.extend(session, assertion(3))).rejects.toMatchObject({ status: 401 })
    expect(await sessions.find(requestOf(secret))).toBeUndefined()
    expect(sessions.endReasonOf(requestOf(secret))).toBe('revoked')
  })

  it('ends as it did before, when it is proved in another way', async () => {
    const sessions = await createSessions()
    const asserted = await sessions.open(browser('ada', assertion(1)))
    const { absolute } = sessions.endsAt(asserted.session)
    await sessions.extend(asserted.session, personNamed('ada'))
    expect(sessions.endsAt(asserted.session).absolute).toBe(absolute)
    const asked = await sessions.open(browser('ada'))
    await sessions.extend(asked.session, assertion(2))
    expect(sessions.endsAt(asked.session).absolute).toBe(Date.now() + 8 * 60 * minute)
  })

  it('does not shorten what a token with a later end has proved', async () => {
    const sessions = await createSessions()
    const { session } = await sessions.open(browser('ada', providerTokenOf('ada')))
    const { absolute } = sessions.endsAt(session)
    await sessions.extend(session, providerTokenOf('ada', { hash: 'other', lifeMs: minute }))
    expect(sessions.endsAt(session).absolute).toBe(absolute)
  })
})

it('lists the sessions of a subject as the host application names it', async () => {
  const sessions = await createSessions()
  const ada = await sessions.open(browser('ada'))
  await sessions.open(browser('bob'))
  await sessions.open({ ...browser('carl'), user: userOf('ada') })
  expect(sessions.list({ subject: 'ada' })).toEqual([ada.session])
  expect(sessions.list()).toHaveLength(3)
})

describe('a session at one of several sites', () => {
  const there = { ...here, site: 'https://other.acme.example' }

  it('opens for a token at each site by itself, and is found there only', async () => {
    const sessions = await createSessions()
    const both = await Promise.all([
      sessions.open(program('job')),
      sessions.open({ ...program('job'), place: there }),
    ])
    const [first, second] = both.map(({ session }) => session)
    expect(first?.id).not.toBe(second?.id)
    expect(await sessions.findByToken('hash of job', here.site)).toBe(first)
    expect(await sessions.findByToken('hash of job', there.site)).toBe(second)
    expect(await sessions.findByToken('hash of job', 'https://third.acme.example')).toBeUndefined()
    await sessions.end(first as GatewaySession, 'replaced')
    expect(await sessions.findByToken('hash of job', here.site)).toBeUndefined()
    expect(await sessions.findByToken('hash of job', there.site)).toBe(second)
  })

  it('is found by its cookie in requests to its site, also after a login again and a restart', async () => {
    const store = memoryStore()
    const first = await createSessions({ store })
    const { session, secret } = await first.open({ ...browser('ada'), place: there })
    const requestTo = (site: string, cookie: string) => ({ ...requestOf(cookie), site })
    const renewed = await first.extend(session, personNamed('ada'))
    for (const one of [secret, renewed]) {
      expect(await first.find(requestTo(there.site, one))).toBe(session)
      expect(await first.find(requestTo(here.site, one))).toBeUndefined()
    }
    const second = await createSessions({ store })
    expect(await second.find(requestTo(there.site, renewed))).toMatchObject(there)
    expect(await second.find(requestTo(here.site, renewed))).toBeUndefined()
    expect(second.list({ site: here.site })).toEqual([])
    expect(second.list({ upstream: there.upstream, subject: 'ada' })).toHaveLength(1)
  })

  it('T-J21: a token that may be used once has been used at the other site too', async () => {
    const sessions = await createSessions()
    await sessions.open(browser('ada', assertionOf('ada')))
    await expect(
      sessions.open({ ...browser('ada', assertionOf('ada')), place: there }),
    ).rejects.toMatchObject({ code: 'ERR_GATEWAY_TOKEN_USED' })
  })
})
