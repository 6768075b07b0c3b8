import fc from 'fast-check'
import { expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { gatewayUrl, pageOrigin, product, startDecider } from './decider.fixture.ts'

// Fewer would not meet every kind of route.
const scale = Math.max(0.5, Number(process.env.JOTGATE_TEST_SCALE ?? 1))

/** A path for each line of the allow-list, of what is closed, and others. */
const paths = [
  ...[...product.gatewayRules.paths, ...product.gatewayRules.closed].map(({ pattern }) =>
    pattern.replace(/\{\w+\}/g, '7f3c').replace('/*', '/x'),
  ),
  ...product.gatewayRules.ownPaths.map(({ path }) => path),
  ...['/', '/.jotgate/session', '/.jotgate/login', '/.jotgate/logout', '/api/v1/data-files'],
  ...['/resources', '/resources/', '/resourcesx', '/Resources/a.css', '/assets//a', '/single'],
]

/** The static families, written down again. */
const isStatic = (path: string) => /^\/(resources|assets|qlik-embed)(\/|$)/.test(path)

it('asks Qlik for static files alone when nobody is logged in, and opens no session (G-S1)', async () => {
  const opened: string[] = []
  const denies = (what: string) => () => {
    opened.push(what)
    return Promise.reject(new Error(what))
  }
  const { decide, logIn, sessions, close } = await startDecider({
    list: { unlisted: 'report' },
    loginUrl: 'https://www.acme.example/login',
    upstreamSessions: { sessionFor: denies('sessionFor'), renew: denies('renew') },
    programs: {
      identify: () =>
        Promise.reject(gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'signature' })),
      admit: denies('admit'),
    },
  })
  const ended = await logIn('ada')
  await sessions.end(ended.session, 'signed-out')

  const field = (name: string, ...values: string[]) =>
    fc.constantFrom({}, ...values.map((value) => ({ [name]: value })))
  const requests = fc.record({
    kind: fc.constantFrom('http' as const, 'http' as const, 'upgrade' as const),
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
    path: fc.constantFrom(...paths),
    query: fc.constantFrom('', '?qlik-csrf-token=a', '?accessToken=a&qlikTicket=b', '?a=1'),
    headers: fc.tuple(
      field('cookie', ended.cookie, `__Host-jotgate=${'A'.repeat(43)}`, 'eas.sid=forged', 'a=b'),
      field('authorization', 'Bearer e30.e30.AA', 'Bearer ', 'Basic YTpi', 'forged'),
      field('origin', pageOrigin, gatewayUrl, 'null', 'https://evil.example'),
      field('sec-fetch-site', 'same-origin', 'same-site', 'cross-site', 'none'),
      field('sec-fetch-mode', 'navigate', 'cors', 'no-cors', 'websocket'),
      field('sec-fetch-dest', 'document', 'iframe', 'image', 'empty'),
      field('accept', 'text/html', '*/*'),
      field('x-forwarded-user', 'ada'),
      field('x-http-method-override', 'GET'),
    ),
  })
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(requests, async ({ kind, method, path, query, headers: some }) => {
      const headers: Record<string, string> = Object.assign({}, ...some)
      const target = `${path}${query}`
      const decision = await decide(gatewayRequest({ method, target, headers }), kind)
      outcomes.add(decision.outcome)
      if (decision.outcome !== 'forward') return
      expect({ kind, isStatic: isStatic(path) }).toEqual({ kind: 'http', isStatic: true })
      expect(['GET', 'HEAD']).toContain(method)
      expect(decision).not.toHaveProperty('upstream')
      expect(decision.target).not.toMatch(/qlik-csrf-token|accessToken/)
      for (const [name] of decision.headers) expect(name).not.toMatch(/cookie|auth|csrf|user$/)
    }),
    { numRuns: 5000 * scale },
  )
  await close()
  expect(opened).toEqual([])
  expect([...outcomes].sort()).toEqual(['deny', 'forward', 'log-in'])
})
