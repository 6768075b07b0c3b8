import { describe, expect, it } from 'vitest'
import type { AuditEvent } from './audit/audit-log.ts'
import { createEnter } from './enter.ts'
import { gatewayErrors } from './errors.ts'
import type { Identity } from './identify/identity.ts'
import { gatewayRequest } from './request.fixture.ts'
import { createRateLimit } from './server/rate-limit.ts'
import { createGatewaySessions } from './session/gateway-sessions.ts'
import { here } from './session/place.fixture.ts'
import { memoryStore } from './store/memory-store.ts'

const identityOf = (subject: string): Identity => ({ source: 'callback', user: { subject } })

async function stage(options: { auditIsAway?: boolean; burst?: number } = {}) {
  const state = {
    person: identityOf('ada') as Identity | undefined,
    groups: ['sales'],
    isDenied: false,
  }
  const events: AuditEvent[] = []
  const denials: string[] = []
  const sessions = await createGatewaySessions({ store: memoryStore(), clock: Date.now })
  const enter = createEnter({
    site: here.site,
    chooseUpstream: () => ({ upstream: here.upstream }),
    identify: async () => state.person,
    authorise: ({ user: { email: _unverified, ...user } }) =>
      state.isDenied || user.subject === 'mallory'
        ? { allowed: false, reason: 'left the company' }
        : { allowed: true, user: { ...user, groups: state.groups } },
    sessions,
    audit: {
      record: async (event) => {
        if (options.auditIsAway) throw gatewayErrors.ERR_GATEWAY_AUDIT({ problem: 'is away' })
        events.push(event)
      },
      countDenial: ({ reason }) => denials.push(reason),
    },
    userRate: createRateLimit({ burst: options.burst ?? 10, perSecond: 1 }),
    problemOf: ({ subject, email }) => {
      if (subject === 'nameless') return 'The user’s name is missing'
      return subject === 'eve' && email === undefined ? 'The user’s email is missing' : undefined
    },
  })
  const logIn = (secret?: string) =>
    enter.logIn(
      gatewayRequest({
        headers: secret === undefined ? {} : { cookie: `__Host-jotgate=${secret}` },
      }),
    )
  return { state, events, denials, sessions, enter, logIn }
}

describe('a login', () => {
  it('is written down before anybody has the session', async () => {
    const { logIn, events } = await stage()
    const { session } = await logIn()
    expect(events).toMatchObject([
      {
        event: 'enter',
        session: session.id,
        hostSubject: 'ada',
        subject: 'ada',
        groups: ['sales'],
      },
    ])
  })

  it('says that an address is missing because it is not verified', async () => {
    const { logIn, state, events } = await stage()
    const eve = { subject: 'eve', email: 'eve@acme.example', emailVerified: false }
    for (const [user, reason] of [
      [eve, /not verified, so it is omitted/],
      [{ subject: 'eve' }, /email is missing/],
      [{ ...eve, subject: 'nameless' }, /name is missing/],
    ] as const) {
      state.person = { source: 'callback', user }
      await expect(logIn()).rejects.toMatchObject({ code: 'ERR_GATEWAY_NOT_AUTHORISED' })
      expect(events.at(-1)).toMatchObject({ reason: expect.stringMatching(reason) })
    }
  })

  it('opens nothing when the audit log is away', async () => {
    const { logIn, sessions } = await stage({ auditIsAway: true })
    await expect(logIn()).rejects.toMatchObject({ code: 'ERR_GATEWAY_AUDIT' })
    expect(sessions.size).toBe(0)
  })

  it('is refused when nobody is logged in to the host application, and counted', async () => {
    const { logIn, state, events, denials } = await stage()
    state.person = undefined
    await expect(logIn()).rejects.toMatchObject({ code: 'ERR_GATEWAY_NOT_IDENTIFIED', status: 401 })
    expect([events, denials]).toEqual([[], ['nobody is logged in']])
  })

  it.each([
    ['mallory', 'left the company'],
    ['nameless', 'The user’s name is missing'],
  ])(
    'is refused to %s: the audit log has the reason, the answer has not',
    async (subject, reason) => {
      const { logIn, state, events, sessions } = await stage()
      state.person = identityOf(subject)
      const error = await logIn().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'ERR_GATEWAY_NOT_AUTHORISED', status: 403 })
      expect(JSON.stringify(error)).not.toContain(reason)
      expect(events).toMatchObject([{ event: 'refuse', hostSubject: subject, reason }])
      expect(sessions.size).toBe(0)
    },
  )

  it('has a limit for each person', async () => {
    const { logIn, state, events } = await stage({ burst: 2 })
    await logIn()
    await logIn()
    await expect(logIn()).rejects.toMatchObject({ code: 'ERR_GATEWAY_RATE', status: 429 })
    expect(events).toHaveLength(2)
    state.person = identityOf('bob')
    await expect(logIn()).resolves.toBeDefined()
  })
})

describe('a program', () => {
  it('enters once with its token, however many calls come at once', async () => {
    const { enter, events, sessions } = await stage({ burst: 2 })
    const identity = { ...identityOf('ada'), tokenHash: 'ab', tokenExpiresAt: Date.now() + 60_000 }
    const call = () => enter.admit(gatewayRequest({}), identity, 'program')
    const entered = await Promise.all(Array.from({ length: 10 }, call))
    expect(new Set(entered.map(({ session }) => session)).size).toBe(1)
    expect([events.length, sessions.size]).toEqual([1, 1])
  })
})

describe('another login of the same browser', () => {
  it('lets the session of the same person go on, under another secret', async () => {
    const { logIn, events } = await stage()
    const first = await logIn()
    const second = await logIn(first.secret)
    expect(second.session).toBe(first.session)
    expect(second.secret).not.toBe(first.secret)
    expect(first.session.ended.aborted).toBe(false)
    expect(events).toHaveLength(2)
  })

  it('ends the session of another person', async () => {
    const { logIn, state } = await stage()
    const first = await logIn()
    state.person = identityOf('bob')
    const second = await logIn(first.secret)
    expect(second.session.user.subject).toBe('bob')
    expect(first.session.ended.reason).toBe('replaced')
  })

  it('opens another session when the person’s groups have changed', async () => {
    const { logIn, state } = await stage()
    const first = await logIn()
    state.groups = ['sales', 'finance']
    const second = await logIn(first.secret)
    expect(second.session).not.toBe(first.session)
    expect(first.session.ended.reason).toBe('replaced')
  })

  it('ends the session before when the next person may not enter', async () => {
    const { logIn, state } = await stage()
    const first = await logIn()
    state.person = identityOf('mallory')
    await expect(logIn(first.secret)).rejects.toMatchObject({ status: 403 })
    expect(first.session.ended.reason).toBe('replaced')
  })

  it('ends the session of somebody who may not enter any more', async () => {
    const { logIn, state } = await stage()
    const first = await logIn()
    state.isDenied = true
    await expect(logIn(first.secret)).rejects.toMatchObject({ status: 403 })
    expect(first.session.ended.reason).toBe('revoked')
  })

  it('leaves the session alone when nobody is identified', async () => {
    const { logIn, state } = await stage()
    const first = await logIn()
    state.person = undefined
    await expect(logIn(first.secret)).rejects.toMatchObject({ status: 401 })
    expect(first.session.ended.aborted).toBe(false)
  })
})
