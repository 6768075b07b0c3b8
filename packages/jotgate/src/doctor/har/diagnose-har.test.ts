import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { diagnoseHar } from './diagnose-har.ts'
import { bytesOf, type Happened, harOf, type Recorder, recorders } from './har.fixture.ts'
import {
  app,
  changed,
  cloudLogin,
  gateway,
  gatewayLogin,
  page,
  server,
  serverLogin,
  tenant,
  tokenOf,
} from './logins.fixture.ts'
import { parseHar } from './read-har.ts'

const reportOf = (all: readonly Happened[], recorder: Recorder = 'chrome') =>
  diagnoseHar(parseHar(bytesOf(harOf(recorder, all)), 'login.har'))

const firstOf = async (all: readonly Happened[], recorder?: Recorder) => {
  const { findings, steps } = await reportOf(all, recorder)
  const [first] = findings
  return { ...first, at: first?.step === undefined ? undefined : steps[first.step]?.address }
}

const ways = { cloudLogin, serverLogin, gatewayLogin }
const everyWay = Object.entries(ways).flatMap(([name, login]) =>
  recorders.map((recorder) => ({ name, login, recorder })),
)

describe('a login that works', () => {
  it.each(everyWay)('has no finding: $name of $recorder', async ({ login, recorder }) => {
    const { findings, steps } = await reportOf(login(), recorder)
    expect(findings).toEqual([])
    expect(steps.every(({ verdict }) => verdict === 'passed')).toBe(true)
    expect(steps.length).toBe(login().length)
  })

  it('is told step by step, with who was asked', async () => {
    const { steps, parties } = await reportOf(cloudLogin())
    expect(steps.map(({ to, what }) => `${to}: ${what}`)).toEqual([
      'host: opens the page',
      'host: asks the host for a token',
      'qlik: logs in to Qlik by the token',
      'qlik: gets the session’s CSRF token',
      'qlik: asks Qlik who this is',
      'qlik: opens the app’s web socket',
      'qlik: shows Qlik in a frame',
    ])
    expect(parties).toEqual({ page, host: page, qlik: tenant })
  })

  it('goes on to Qlik behind a gateway', async () => {
    const { steps, parties } = await reportOf(gatewayLogin())
    expect(
      steps.map(({ to, through }) => (through === undefined ? to : `${through} ${to}`)),
    ).toEqual(['host', 'host', 'gateway', 'gateway', 'gateway qlik', 'gateway qlik'])
    expect(parties).toEqual({ page, host: page, gateway })
  })

  it('may ask first whether there is a session, and may fail before it works', async () => {
    const asked: Happened = {
      url: `${tenant}/api/v1/users/me?qlik-web-integration-id=W`,
      status: 401,
      sent: { origin: page },
      came: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' },
    }
    const [first, ...others] = cloudLogin()
    if (first === undefined) throw new Error('There is no page')
    expect((await reportOf([first, asked, ...others])).findings).toEqual([])
    const busy = changed(cloudLogin(), 'jwt-session', { status: 503 })
    const twice = [...busy, ...cloudLogin().slice(1)]
    expect((await reportOf(twice)).findings).toEqual([])
  })
})

interface Fault {
  readonly id: string
  /** The path of the step that is named. */
  readonly at: RegExp
  readonly all: readonly Happened[]
  /** What the mending or the evidence has to say. */
  readonly says?: RegExp
  /** Whose form shows it; all when omitted. */
  readonly by?: readonly Recorder[]
}

const withCause: readonly Recorder[] = ['chrome', 'chrome-sanitised', 'playwright']
const withTokens: readonly Recorder[] = ['chrome', 'firefox', 'safari', 'playwright']
const problem = (code: string, title: string) =>
  JSON.stringify({ errors: [{ code, title, status: '401' }], traceId: 'd4f3256ebd3ca1e7' })
const noAllowance = { date: 'Sun, 29 Nov 2026 08:00:00 GMT' }
const later = (seconds: number) => Date.parse('2026-11-29T08:00:00Z') / 1000 + seconds
const blocked = { origin: page, 'sec-fetch-site': 'cross-site', 'sec-fetch-storage-access': 'none' }

const faults: readonly Fault[] = [
  {
    id: 'har-origin-not-allowed',
    at: /jwt-session/,
    all: changed(cloudLogin(), 'jwt-session', { status: 0, came: {}, failure: 'net::ERR_FAILED' }),
    says: /Add https:\/\/www\.acme\.example to the web integration Wx7Integration1/,
  },
  {
    id: 'har-origin-not-allowed',
    at: /jwt-session/,
    all: changed(cloudLogin(), 'jwt-session', { status: 401, came: noAllowance }),
    says: /without Access-Control-Allow-Origin/,
    by: ['firefox', 'safari'],
  },
  {
    id: 'har-origin-not-allowed',
    at: /jwt-session/,
    all: [
      ...cloudLogin().slice(0, 2),
      {
        url: `${tenant}/login/jwt-session?qlik-web-integration-id=W`,
        method: 'OPTIONS',
        kind: 'preflight',
        status: 403,
        sent: { origin: page },
      },
    ],
    says: /preflight OPTIONS/,
    by: ['chrome'],
  },
  {
    id: 'har-origin-not-allowed',
    at: /qps\/user/,
    all: changed(serverLogin(), 'qps/user', { status: 0, came: {}, failure: 'net::ERR_FAILED' }),
    says: /additional response headers of the virtual proxy/,
  },
  {
    id: 'har-origin-not-allowed',
    at: /\.jotgate\/login/,
    all: changed(gatewayLogin(), 'jotgate/login', {
      status: 0,
      came: {},
      failure: 'net::ERR_FAILED',
    }),
    says: /allowedOrigins/,
  },
  {
    id: 'har-no-credentials',
    at: /csrftoken/,
    all: changed(serverLogin(), 'csrftoken', { came: { 'access-control-allow-origin': page } }),
  },
  {
    id: 'har-csrf-token-hidden',
    at: /csrftoken/,
    all: changed(serverLogin(), 'csrftoken', {
      came: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' },
    }),
    says: /Access-Control-Expose-Headers/,
  },
  ...(
    [
      ['net::ERR_NAME_NOT_RESOLVED', 'har-name'],
      ['net::ERR_CONNECTION_REFUSED', 'har-unreachable'],
      ['net::ERR_CERT_AUTHORITY_INVALID', 'har-certificate'],
      ['net::ERR_BLOCKED_BY_CLIENT', 'har-browser-extension'],
      ['net::ERR_BLOCKED_BY_CSP', 'har-page-policy'],
    ] as const
  ).map(([failure, id]) => ({
    id,
    at: /jwt-session/,
    all: changed(cloudLogin(), 'jwt-session', { status: 0, came: {}, failure }),
    by: withCause,
  })),
  {
    id: 'har-mixed-content',
    at: /http:\/\/sense/,
    all: changed(
      serverLogin().map((one) => ({
        ...one,
        url: one.url.replace(server, 'http://sense.other.example'),
      })),
      'qps/user',
      { status: 0, came: {} },
    ),
  },
  {
    id: 'har-token-expired',
    at: /jwt-session/,
    all: changed(cloudLogin(tokenOf({ exp: later(-3600) })), 'jwt-session', { status: 401 }),
    says: /iss acme\.example, kid acme-1, signed at 08:00:00, valid until 07:00:00/,
    by: withTokens,
  },
  {
    id: 'har-token-expired',
    at: /qps\/user/,
    all: changed(serverLogin(tokenOf({ exp: later(-60) })), 'qps/user', { status: 401 }),
    by: withTokens,
  },
  {
    id: 'har-token-not-yet-valid',
    at: /jwt-session/,
    all: changed(
      cloudLogin(tokenOf({ iat: later(600), nbf: later(600), exp: later(660) })),
      'jwt-session',
      {
        status: 401,
      },
    ),
    by: withTokens,
  },
  {
    id: 'har-token-used-twice',
    at: /jwt-session/,
    all: [
      ...cloudLogin(),
      ...changed(cloudLogin(), 'jwt-session', { status: 401 })
        .slice(2)
        .map((one) => ({ ...one, at: '2026-11-29T08:00:05Z' })),
    ],
    by: withTokens,
  },
  {
    id: 'har-token-rule',
    at: /jwt-session/,
    all: changed(cloudLogin(tokenOf({ aud: 'qlik' })), 'jwt-session', { status: 401 }),
    says: /aud/,
    by: withTokens,
  },
  {
    id: 'har-token-refused',
    at: /jwt-session/,
    all: changed(cloudLogin(), 'jwt-session', {
      status: 400,
      body: problem(
        'LOGIN-12',
        'Multiple active users detected with the same e-mail, please contact your administrator',
      ),
    }),
    says: /same e-mail/,
  },
  {
    id: 'har-token-refused',
    at: /qps\/user/,
    all: changed(serverLogin(), 'qps/user', {
      status: 400,
      body: '<html><body><h1>The http request header is incorrect.</h1></body></html>',
    }),
    says: /Host allow list/,
    by: withTokens,
  },
  {
    id: 'har-cookies-blocked',
    at: /csrf-token/,
    all: changed(cloudLogin(), 'csrf-token', { status: 401, sent: blocked }),
    says: /a gateway in front of Qlik/,
  },
  {
    id: 'har-cookies-blocked',
    at: /qps\/csrftoken/,
    all: changed(serverLogin(), 'csrftoken', { status: 403, sent: blocked }),
  },
  {
    id: 'har-host-not-allowed',
    at: /qps\/csrftoken/,
    all: changed(serverLogin(), 'csrftoken', { status: 403 }, { ends: false }),
    says: /Add www\.acme\.example to the Host allow list/,
  },
  {
    id: 'har-cookies-blocked',
    at: /qps\/user$/,
    all: changed(serverLogin(), 'qps/user$', {
      sent: blocked,
      body: '{"session":"inactive","loginUri":"https://sense.other.example/jwt/login"}',
    }),
    says: /nobody is logged in/,
  },
  {
    id: 'har-cookie-same-site',
    at: /qps\/csrftoken/,
    all: changed(
      changed(
        serverLogin(),
        'qps/user\\?',
        {
          came: {
            'access-control-allow-origin': page,
            'access-control-allow-credentials': 'true',
            'set-cookie':
              'X-Qlik-Session-jwt=0ca3e2a8-5b7d-4a51-9d64-0d1f5fd2c9b1; Path=/; HttpOnly',
          },
        },
        { ends: false },
      ),
      'csrftoken',
      { status: 401, sent: { origin: page, 'sec-fetch-site': 'cross-site' } },
    ),
    says: /X-Qlik-Session-jwt.*SameSite attribute/,
    by: withTokens,
  },
  {
    id: 'har-session-lost',
    at: /users\/me/,
    all: changed(cloudLogin(), 'users/me', { status: 401 }),
    by: withTokens,
  },
  {
    id: 'har-gateway-cookie-lost',
    at: /\.jotgate\/session/,
    all: changed(gatewayLogin(), 'jotgate/session', {
      status: 401,
      sent: { origin: page, 'sec-fetch-site': 'cross-site' },
    }),
    says: /must be one site/,
  },
  {
    id: 'har-not-logged-in',
    at: /users\/me/,
    all: [
      { url: `${page}/`, kind: 'page' },
      {
        url: `${tenant}/api/v1/users/me?qlik-web-integration-id=W`,
        status: 401,
        sent: { origin: page },
        came: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' },
      },
    ],
  },
  {
    id: 'har-qlik-error',
    at: /\/login\?/,
    all: [
      { url: `${page}/`, kind: 'page' },
      {
        url: `${tenant}/login?qlik-web-integration-id=W&returnto=${encodeURIComponent(page)}`,
        kind: 'page',
        status: 401,
        body: problem('LOGIN-10', 'returnto not included in web integration whitelist'),
      },
    ],
    says: /Add the origin to the web integration/,
  },
  {
    id: 'har-frame-refused',
    at: /single/,
    all: changed(cloudLogin(), '/single/', {
      came: { 'content-security-policy': "frame-ancestors 'self' https://*.other.example" },
    }),
    says: /Add https:\/\/www\.acme\.example to the Content Security Policy|add https:\/\/www\.acme\.example/,
  },
  {
    id: 'har-frame-refused',
    at: /single/,
    all: changed(cloudLogin(), '/single/', { came: { 'x-frame-options': 'SAMEORIGIN' } }),
    says: /X-Frame-Options/,
  },
  {
    id: 'har-unreachable',
    at: /single/,
    all: changed(cloudLogin(), '/single/', {
      status: 0,
      came: {},
      failure: 'net::ERR_CONNECTION_REFUSED',
    }),
    by: withCause,
  },
  {
    id: 'har-frame-refused',
    at: /single/,
    all: changed(cloudLogin(), '/single/', {
      status: 0,
      came: {},
      failure: 'net::ERR_BLOCKED_BY_RESPONSE',
    }),
    by: withCause,
  },
  {
    id: 'har-frame-answer',
    at: /single/,
    all: changed(cloudLogin(), '/single/', { status: 503, came: {}, body: '' }),
  },
  {
    id: 'har-socket-refused',
    at: /\/app\//,
    all: changed(cloudLogin(), '/app/', { status: 403, messages: [] }),
  },
  {
    id: 'har-host-not-allowed',
    at: /\/app\//,
    all: changed(serverLogin(), '/app/', { status: 403, messages: [] }),
    says: /Add www\.acme\.example to the Host allow list/,
  },
  {
    id: 'har-host-not-allowed',
    at: /\/app\//,
    all: changed(serverLogin(), '/app/', {
      status: 0,
      messages: [],
      failure: 'Error during WebSocket handshake: Unexpected response code: 403',
    }),
    says: /answered with 403/,
    by: withCause,
  },
  {
    id: 'har-socket-notification',
    at: /\/app\//,
    all: changed(serverLogin(), '/app/', {
      messages: [
        '< {"jsonrpc":"2.0","method":"OnMaxParallelSessionsExceeded","params":{"severity":"fatal"}}',
      ],
    }),
    says: /more than five sessions/,
    by: withCause,
  },
  {
    id: 'har-socket-notification',
    at: /\/app\//,
    all: changed(cloudLogin(), '/app/', {
      messages: [
        '< {"jsonrpc":"2.0","method":"OnConnected","params":{"qSessionState":"SESSION_ERROR_APP_ACCESS_DENIED"}}',
      ],
    }),
    says: /right to the app/,
    by: withCause,
  },
  {
    id: 'har-app-refused',
    at: /\/app\//,
    all: changed(cloudLogin(), '/app/', {
      messages: [
        `> {"handle":-1,"method":"OpenDoc","params":["${app}"],"id":1,"jsonrpc":"2.0"}`,
        '< {"jsonrpc":"2.0","id":1,"error":{"code":5,"parameter":"","message":"Access is denied"}}',
      ],
    }),
    says: /error 5, Access is denied/,
    by: withCause,
  },
  {
    id: 'har-socket-silent',
    at: /\/app\//,
    all: changed(cloudLogin(), '/app/', { messages: [], time: 9000 }),
    by: withCause,
  },
  {
    id: 'har-host-unknown-person',
    at: /\/token$/,
    all: changed(cloudLogin(), '/token$', { status: 401, body: '{}' }),
  },
  {
    id: 'har-host-redirects',
    at: /\/token$/,
    all: changed(cloudLogin(), '/token$', {
      status: 302,
      came: { location: '/sign-in' },
      body: '',
    }),
  },
  {
    id: 'har-host-refused',
    at: /\/assertion$/,
    all: changed(gatewayLogin(), '/assertion$', { status: 500, body: '' }, { ends: false })
      .slice(0, 2)
      .concat(gatewayLogin().slice(3, 4)),
  },
  {
    id: 'har-gateway-refused',
    at: /\.jotgate\/login/,
    all: changed(gatewayLogin(), 'jotgate/login', {
      status: 403,
      came: {
        'access-control-allow-origin': page,
        'access-control-allow-credentials': 'true',
        'content-type': 'application/problem+json',
        'x-request-id': '0f0f0f0f',
      },
      body: '{"code":"ERR_GATEWAY_NOT_AUTHORISED","status":403}',
    }),
    says: /request ID 0f0f0f0f.*audit log/,
  },
  {
    id: 'har-gateway-qlik',
    at: /users\/me/,
    all: changed(gatewayLogin(), 'users/me', {
      status: 502,
      came: { 'content-type': 'application/problem+json' },
      body: '{"code":"ERR_GATEWAY_QLIK_REFUSED"}',
    }),
    says: /ERR_GATEWAY_QLIK_REFUSED/,
  },
  {
    id: 'har-too-many-requests',
    at: /users\/me/,
    all: changed(cloudLogin(), 'users/me', {
      status: 429,
      came: {
        'retry-after': '7',
        'access-control-allow-origin': page,
        'access-control-allow-credentials': 'true',
      },
    }),
    says: /Retry-After 7/,
  },
  {
    id: 'har-answer',
    at: /users\/me/,
    all: changed(cloudLogin(), 'users/me', { status: 503, body: '' }),
  },
]

const rows = faults.flatMap((fault) =>
  (fault.by ?? recorders).map((recorder) => ({ ...fault, recorder })),
)

describe('the first broken step', () => {
  it.each(rows)(
    '$id is found in the form of $recorder',
    async ({ id, at, all, says, recorder }) => {
      const first = await firstOf(all, recorder)
      expect(first).toMatchObject({ id, verdict: 'failed', at: expect.stringMatching(at) })
      expect(first.hint).toMatch(/^[A-Z`].+[.…]$/)
      if (says !== undefined) expect(`${first.title} ${first.evidence} ${first.hint}`).toMatch(says)
    },
  )

  it('comes before what follows from it', async () => {
    const broken = changed(
      cloudLogin(),
      'csrf-token',
      { status: 401, sent: blocked },
      { ends: false },
    )
    const all = changed(broken, 'users/me', { status: 401, sent: blocked }, { ends: false })
    const { findings } = await reportOf(changed(all, '/app/', { status: 403 }))
    expect(findings.map(({ id }) => id)).toEqual(['har-cookies-blocked', 'har-socket-refused'])
  })

  it('is that nothing of Qlik is there, where nothing is', async () => {
    const { findings } = await reportOf([{ url: `${page}/`, kind: 'page' }])
    expect(findings.map(({ id }) => id)).toEqual(['har-no-login'])
  })
})

it('tells the same request again in one row', async () => {
  const [all, me] = [cloudLogin(), cloudLogin()[4]]
  if (me === undefined) throw new Error('There is no such request')
  const { steps } = await reportOf([...all.slice(0, 5), me, me, ...all.slice(5)])
  expect(steps.map(({ what }) => what)).toContain('asks Qlik who this is (3 times)')
  expect(steps).toHaveLength(all.length)
})

describe('the findings', () => {
  const folder = new URL('.', import.meta.url)
  const sources = readdirSync(folder).filter((file) => /^[a-z-]+\.ts$/.test(file))
  const text = sources.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('')
  const ids = [...new Set(text.match(/(?<=')har-[a-z-]+(?=')/g))]

  it('have a row in this file each', () => {
    const tested = new Set([...faults.map(({ id }) => id), 'har-clock', 'har-no-login'])
    expect(ids.filter((id) => !tested.has(id))).toEqual([])
    expect(ids.length).toBeGreaterThan(25)
  })

  it('stand in the guide', () => {
    const guide = readFileSync(new URL('../../../../../docs/guides/doctor.md', folder), 'utf8')
    expect(ids.filter((id) => !guide.includes(`\`${id}\``))).toEqual([])
  })
})

it('tells a clock that differs, and that nothing is broken by it', async () => {
  const all = changed(cloudLogin(), 'csrf-token', {
    came: {
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'qlik-csrf-token',
      date: 'Sun, 29 Nov 2026 08:05:00 GMT',
    },
  })
  const { findings } = await reportOf(all)
  expect(findings).toMatchObject([{ id: 'har-clock', verdict: 'warning' }])
})
