import { afterEach, describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { assertionOf } from '../session/session.fixture.ts'
import { createUpstream } from '../session/upstream.ts'
import { gatewayUrl, pageOrigin, qlikSessionOf, startDecider } from './decider.fixture.ts'
import type { Decision } from './decision.ts'

type Stage = Awaited<ReturnType<typeof startDecider>>
const stages: Stage[] = []

async function start(options?: Parameters<typeof startDecider>[0]): Promise<Stage> {
  const stage = await startDecider(options)
  stages.push(stage)
  return stage
}

afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})

const forwarded = (decision: Decision) => {
  if (decision.outcome !== 'forward') throw new Error(`It is ${JSON.stringify(decision)}`)
  return decision
}
const fieldOf = (decision: Decision, name: string) => new Map(forwarded(decision).headers).get(name)
const codeOf = (decision: Decision) =>
  decision.outcome === 'deny' ? (decision.error as { code?: string }).code : decision.outcome

describe('a request of a person who is logged in', () => {
  it('goes to Qlik with their cookies and CSRF token, and without those of the client', async () => {
    const { decide, logIn, seen } = await start()
    const { cookie, session } = await logIn('ada')
    const headers = { cookie: `${cookie}; other=1`, 'qlik-csrf-token': 'of the page' }
    const target = '/api/v1/items?limit=5&qlik-csrf-token=x&qlik-web-integration-id=y'
    const decision = forwarded(await decide(gatewayRequest({ target, headers }), 'http'))
    expect(decision).toMatchObject({
      target: '/api/v1/items?limit=5',
      route: { pattern: '/api/v1/items/*', access: 'session', rewrites: true },
      session: { id: session.id },
      upstream: { id: 'qlik-session-of-ada' },
    })
    expect(fieldOf(decision, 'cookie')).toBe('eas.sid=sid-of-ada; _csrfToken=csrf-of-ada')
    expect(fieldOf(decision, 'qlik-csrf-token')).toBe('csrf-of-ada')
    expect(JSON.stringify(decision.headers)).not.toContain('jotgate=')
    expect(seen.opened).toEqual(['ada'])
  })

  it('opens a web socket with the CSRF token in the query, where Qlik has it', async () => {
    const { decide, logIn } = await start()
    const { cookie } = await logIn('ada')
    const headers = { cookie, origin: pageOrigin }
    const target = '/app/7f3c/identity/me?qlik-csrf-token=none&reloadUri=a%2Fb&accessToken=other'
    const decision = forwarded(await decide(gatewayRequest({ target, headers }), 'upgrade'))
    expect(decision.target).toBe(
      '/app/7f3c/identity/me?reloadUri=a%2Fb&qlik-csrf-token=csrf-of-ada',
    )
    expect(fieldOf(decision, 'cookie')).toContain('sid-of-ada')
  })

  it('is decided again under the Qlik session that replaces a lost one', async () => {
    const { decide, decideAgain, logIn, seen } = await start()
    const { cookie } = await logIn('ada')
    const request = gatewayRequest({ target: '/api/v1/items', headers: { cookie } })
    const before = forwarded(await decide(request, 'http'))
    const after = forwarded(await decideAgain(request, 'http', before))
    expect(seen.renewed).toEqual(['qlik-session-of-ada'])
    expect(fieldOf(after, 'cookie')).toContain('sid-of-renewed')
  })

  it('is decided again under the CSRF token that Qlik names now, when that is another one', async () => {
    let named = 'csrf-of-now'
    const { decide, decideWithCsrfToken, logIn } = await start({
      fetch: async () =>
        new Response(null, {
          status: named === '' ? 500 : 204,
          headers: { 'qlik-csrf-token': named },
        }),
    })
    const { cookie } = await logIn('ada')
    const headers = { cookie, origin: pageOrigin }
    const request = gatewayRequest({ method: 'POST', target: '/api/v1/reports', headers })
    const before = forwarded(await decide(request, 'http'))
    const again = await decideWithCsrfToken(request, before)
    if (again === undefined) throw new Error('It was not decided again')
    const after = forwarded(again)
    expect([before, after].map((one) => fieldOf(one, 'qlik-csrf-token'))).toEqual([
      'csrf-of-ada',
      'csrf-of-now',
    ])
    expect(after.upstream).toBe(before.upstream)
    expect(await decideWithCsrfToken(request, after)).toBeUndefined()
    named = ''
    expect(await decideWithCsrfToken(request, before)).toBeUndefined()
  })

  it('keeps the session going, which static files do not', async () => {
    let now = 1_700_000_000_000
    const { decide, logIn, sessions } = await start({ clock: () => now })
    const { cookie, session } = await logIn('ada')
    const { idle } = sessions.endsAt(session)
    now += 60_000
    const ask = (target: string, kind: 'http' | 'upgrade') =>
      decide(gatewayRequest({ target, headers: { cookie, origin: pageOrigin } }), kind)
    await ask('/resources/a.css', 'http')
    expect(sessions.endsAt(session).idle).toBe(idle)
    await ask('/api/v1/items', 'http')
    expect(sessions.endsAt(session).idle).toBe(idle + 60_000)
    now += 60_000
    await ask('/app/7f3c', 'upgrade')
    expect(sessions.endsAt(session).idle).toBe(idle + 120_000)
  })

  it('is nobody’s any more once the host application says so', async () => {
    const { decide, logIn, sessions, seen } = await start({
      watch: { check: (session) => sessions.end(session, 'replaced') },
    })
    const { cookie } = await logIn('ada')
    const decision = await decide(
      gatewayRequest({ target: '/api/v1/items', headers: { cookie } }),
      'http',
    )
    expect(decision).toEqual({ outcome: 'log-in' })
    expect(seen.opened).toEqual([])
  })

  it('is refused while the host application is silent', async () => {
    const { decide, logIn, denials } = await start({
      watch: {
        check: () => Promise.reject(gatewayErrors.ERR_GATEWAY_HOST_SILENT({ problem: 'is slow' })),
      },
    })
    const { cookie } = await logIn('ada')
    const request = gatewayRequest({ target: '/api/v1/items', headers: { cookie } })
    expect(codeOf(await decide(request, 'http'))).toBe('ERR_GATEWAY_HOST_SILENT')
    expect(denials).toEqual([])
  })

  it('is nobody’s when the session ends while its Qlik session is being opened', async () => {
    const stage = await start({
      upstreamSessions: {
        async sessionFor(session) {
          await stage.sessions.end(session, 'revoked')
          const current = qlikSessionOf(session.user)
          return createUpstream('q', current, { ...stage.kept }).shown
        },
        renew: () => Promise.reject(new Error('not asked for')),
      },
    })
    const { cookie } = await stage.logIn('ada')
    const request = gatewayRequest({ target: '/api/v1/items', headers: { cookie } })
    expect(await stage.decide(request, 'http')).toEqual({ outcome: 'log-in' })
  })
})

describe('a program', () => {
  it('opens one session with the first use of its token, which the token finds again', async () => {
    const { decide, identities, seen, sessions } = await start()
    identities.set('Bearer one', assertionOf('robot'))
    const request = () =>
      gatewayRequest({
        method: 'POST',
        target: '/api/v1/reports',
        headers: { authorization: 'Bearer one' },
      })
    const decisions = await Promise.all([1, 2, 3].map(() => decide(request(), 'http')))
    decisions.push(await decide(request(), 'http'))
    for (const decision of decisions) {
      expect(fieldOf(decision, 'cookie')).toContain('sid-of-robot')
      expect(fieldOf(decision, 'authorization')).toBeUndefined()
    }
    expect(new Set(decisions.map((one) => forwarded(one).session?.id)).size).toBe(1)
    expect(sessions.size).toBe(1)
    expect(seen.admitted).toBeLessThanOrEqual(3)
  })

  it('is nobody with a token that is not accepted', async () => {
    const { decide, seen, denials } = await start({
      programs: {
        identify: () =>
          Promise.reject(gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'expired' })),
        admit: () => Promise.reject(new Error('not asked for')),
      },
    })
    const headers = { authorization: 'Bearer old' }
    const decision = await decide(gatewayRequest({ target: '/api/v1/items', headers }), 'http')
    expect(codeOf(decision)).toBe('ERR_GATEWAY_NOT_IDENTIFIED')
    expect(seen.opened).toEqual([])
    expect(denials).toEqual(['expired'])
  })

  it('is not counted when it may not enter: the audit log has a line for it', async () => {
    const { decide, denials } = await start({
      programs: {
        identify: async () => assertionOf('robot'),
        admit: () => Promise.reject(gatewayErrors.ERR_GATEWAY_NOT_AUTHORISED({})),
      },
    })
    const headers = { authorization: 'Bearer one' }
    const decision = await decide(gatewayRequest({ target: '/api/v1/items', headers }), 'http')
    expect(codeOf(decision)).toBe('ERR_GATEWAY_NOT_AUTHORISED')
    expect(denials).toEqual([])
  })

  it('cannot be a browser at once', async () => {
    const { decide, logIn, identities } = await start()
    identities.set('Bearer one', assertionOf('robot'))
    const { cookie } = await logIn('ada')
    for (const target of ['/api/v1/items', '/resources/a.css']) {
      const headers = { cookie, authorization: 'Bearer one' }
      expect(codeOf(await decide(gatewayRequest({ target, headers }), 'http'))).toBe(
        'ERR_GATEWAY_REQUEST',
      )
    }
  })
})

describe('a request of nobody', () => {
  it('gets static files, asked for without credentials', async () => {
    const { decide, seen } = await start()
    const headers = { origin: pageOrigin, cookie: '__Host-jotgate=forged; eas.sid=forged' }
    const target = '/resources/fonts/a.woff2?qlik-csrf-token=x'
    const decision = forwarded(await decide(gatewayRequest({ target, headers }), 'http'))
    expect(decision).toMatchObject({
      route: { access: 'public' },
      target: '/resources/fonts/a.woff2',
    })
    expect(decision).not.toHaveProperty('session')
    expect(fieldOf(decision, 'cookie')).toBeUndefined()
    expect(seen.opened).toEqual([])
  })

  it('is led to the login when it is a page that a person sees, and never under /api', async () => {
    const { decide, denials } = await start({ loginUrl: 'https://www.acme.example/login' })
    const target = '/single/?appid=7f3c'
    const location = `https://www.acme.example/login?returnto=${encodeURIComponent(gatewayUrl + target)}`
    const page = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    for (const headers of [page, { accept: 'text/html,*/*' }])
      expect(await decide(gatewayRequest({ target, headers }), 'http')).toEqual({
        outcome: 'log-in',
        location,
      })
    for (const request of [
      gatewayRequest({ target: '/api/v1/items', headers: page }),
      gatewayRequest({ target, headers: { 'sec-fetch-mode': 'cors', accept: 'text/html' } }),
      gatewayRequest({ target, headers: { accept: '*/*' } }),
    ])
      expect(await decide(request, 'http')).toEqual({ outcome: 'log-in' })
    const upgrade = { ...page, origin: pageOrigin }
    expect(
      await decide(gatewayRequest({ target: '/app/7f3c', headers: upgrade }), 'upgrade'),
    ).toEqual({ outcome: 'log-in' })
    expect(denials).toEqual(Array(6).fill('no session'))
  })
})

describe('a path that is not listed', () => {
  it('is refused, and reported when somebody who is logged in asked', async () => {
    const { decide, logIn, reported } = await start()
    const { cookie } = await logIn('ada')
    const target = '/api/v1/data-files?name=a'
    for (const headers of [{}, { cookie: `__Host-jotgate=${'x'.repeat(43)}` }]) {
      const decision = await decide(gatewayRequest({ target, headers }), 'http')
      expect(codeOf(decision)).toBe('ERR_GATEWAY_PATH')
    }
    expect(reported).toEqual([])
    await decide(gatewayRequest({ target, headers: { cookie } }), 'http')
    expect(reported).toEqual([{ method: 'GET', path: '/api/v1/data-files', carried: false }])
  })

  it('is carried and reported while a deployment is tried', async () => {
    const { decide, logIn, reported } = await start({ list: { unlisted: 'report' } })
    const { cookie } = await logIn('ada')
    const target = '/api/v1/data-files'
    expect((await decide(gatewayRequest({ target }), 'http')).outcome).toBe('log-in')
    expect(reported).toEqual([])
    const headers = { cookie }
    expect(forwarded(await decide(gatewayRequest({ target, headers }), 'http')).target).toBe(target)
    expect(reported).toEqual([{ method: 'GET', path: target, carried: true }])
  })

  it('is refused with advice that fits when it is administration', async () => {
    const { decide, logIn, reported } = await start({ list: { unlisted: 'report' } })
    const { cookie } = await logIn('ada')
    const target = '/api/v1/identity-providers'
    const decision = await decide(gatewayRequest({ target, headers: { cookie } }), 'http')
    expect(decision).toMatchObject({
      outcome: 'deny',
      error: { code: 'ERR_GATEWAY_PATH', hint: expect.stringContaining('no setting') },
    })
    expect(reported).toEqual([])
  })
})

it('denies whatever fails on the way (G-F17)', async () => {
  const broken = () => Promise.reject(new Error('broken'))
  const throws = () => {
    throw new Error('broken')
  }
  const parts = [
    { sessions: { find: broken, findByToken: broken, use: throws } },
    { watch: { check: broken } },
    { upstreamSessions: { sessionFor: broken, renew: broken } },
    { requestHeaders: throws },
  ]
  for (const part of parts) {
    const stage = await start(part as Parameters<typeof startDecider>[0])
    const { cookie } = await stage.logIn('ada')
    const headers = { cookie, origin: pageOrigin }
    for (const kind of ['http', 'upgrade'] as const) {
      const target = kind === 'http' ? '/api/v1/items' : '/app/7f3c'
      const decision = await stage.decide(gatewayRequest({ target, headers }), kind)
      expect(decision).toMatchObject({ outcome: 'deny', error: { message: 'broken' } })
    }
  }
})

it('decides the same for an upgrade as for a write by HTTP (T-W03)', async () => {
  const allowPaths = ['POST,upgrade /both/*']
  const { decide, logIn, identities, sessions } = await start({ list: { allowPaths } })
  identities.set('Bearer one', assertionOf('robot'))
  const { cookie } = await logIn('ada')
  const ended = await logIn('eve')
  await sessions.end(ended.session, 'revoked')
  const credentials: Record<string, string>[] = [
    {},
    { cookie },
    { cookie: ended.cookie },
    { cookie: `${cookie}; ${ended.cookie}` },
    { cookie: '__Host-jotgate=short' },
    { authorization: 'Bearer one' },
    { authorization: 'Bearer unknown' },
    { cookie, authorization: 'Bearer one' },
  ]
  const pages: Record<string, string>[] = [
    {},
    { origin: pageOrigin },
    { origin: gatewayUrl },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: pageOrigin, 'sec-fetch-site': 'same-site' },
    { origin: pageOrigin, 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
  ]
  const outcomes: string[] = []
  for (const credential of credentials)
    for (const page of pages)
      for (const target of ['/both/a', '/none/a', '/api/v1/users/me']) {
        const headers = { ...credential, ...page }
        const write = codeOf(
          await decide(gatewayRequest({ method: 'POST', target, headers }), 'http'),
        )
        const upgrade = codeOf(await decide(gatewayRequest({ target, headers }), 'upgrade'))
        expect(upgrade, JSON.stringify({ target, headers })).toBe(write)
        outcomes.push(String(write))
      }
  expect([...new Set(outcomes)].sort()).toEqual([
    'ERR_GATEWAY_COOKIE',
    'ERR_GATEWAY_PAGE',
    'ERR_GATEWAY_PATH',
    'ERR_GATEWAY_REQUEST',
    'forward',
    'log-in',
  ])
})
