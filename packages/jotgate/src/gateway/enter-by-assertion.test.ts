// With the parts that are really there: assertions, authorise, sessions and a store. The audit log is a list.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AuditEvent, AuditLog } from './audit/audit-log.ts'
import { createAuthorise } from './authorise/create-authorise.ts'
import { createEnter } from './enter.ts'
import { identifyByAssertion } from './identify/assertion.ts'
import {
  assertionClaims,
  loginWith,
  makeIssuer,
  publicUrl,
  testNow,
} from './identify/issuer.fixture.ts'
import { gatewayRequest } from './request.fixture.ts'
import { createRateLimit } from './server/rate-limit.ts'
import { createGatewaySessions } from './session/gateway-sessions.ts'
import { here } from './session/place.fixture.ts'
import { memoryStore } from './store/memory-store.ts'

const issuer = makeIssuer()

async function start() {
  const host = await issuer
  const clock = () => testNow * 1000
  const identifier = identifyByAssertion({ issuer: 'https://www.acme.example', key: host.jwk })({
    publicUrl,
    clock,
  })
  const lines: AuditEvent[] = []
  const denials: { address: string; reason: string }[] = []
  const audit: Pick<AuditLog, 'record' | 'countDenial'> = {
    async record(event) {
      lines.push(event)
    },
    countDenial: (denial) => denials.push(denial),
  }
  const sessions = await createGatewaySessions({ store: memoryStore({ clock }), clock })
  onTestFinished(() => sessions.close())
  const enter = createEnter({
    site: here.site,
    chooseUpstream: () => ({ upstream: here.upstream }),
    identify: (request) => identifier.identify(request),
    authorise: createAuthorise({ subject: 'acme|{subject}' }),
    sessions,
    audit,
    userRate: createRateLimit({ burst: 200, perSecond: 1 }),
    problemOf: () => undefined,
  })
  return { host, enter, sessions, lines, denials }
}

describe('the way in by assertions', () => {
  it('opens a session as authorise says, and records it', async () => {
    const { host, enter, lines } = await start()
    const claims = assertionClaims()
    const { session } = await enter.logIn(loginWith(await host.sign(claims)))
    expect(session.user).toEqual({
      subject: 'acme|42',
      name: 'Ada',
      email: 'ada@acme.example',
      emailVerified: true,
      groups: [],
    })
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'enter',
        session: session.id,
        hostSubject: '42',
        subject: 'acme|42',
        jti: claims.jti,
      }),
    ])
  })

  it('counts what is not accepted, with its reason, and writes no line', async () => {
    const { host, enter, lines, denials } = await start()
    const expired = await host.sign(assertionClaims({ exp: testNow - 100 }))
    for (const request of [loginWith(expired), gatewayRequest()])
      await expect(enter.logIn(request)).rejects.toMatchObject({ status: 401 })
    expect(denials).toEqual([
      { address: '192.0.2.1', reason: 'the token has expired' },
      { address: '192.0.2.1', reason: 'there is no token' },
    ])
    expect(lines).toEqual([])
  })

  it('T-J21: lets one of 100 in that come with one assertion at once', async () => {
    const { host, enter, sessions, lines } = await start()
    const token = await host.sign(assertionClaims())
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => enter.logIn(loginWith(token))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(new Set(reasons)).toEqual(new Set(['ERR_GATEWAY_TOKEN_USED']))
    expect(sessions.size).toBe(1)
    expect(lines.filter(({ event }) => event === 'enter')).toHaveLength(1)
  })
})
