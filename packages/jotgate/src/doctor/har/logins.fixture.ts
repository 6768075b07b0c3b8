// Logins as they go when nothing is wrong, by every way.
import type { Happened } from './har.fixture.ts'

export const page = 'https://www.acme.example'
export const tenant = 'https://acme.eu.qlikcloud.com'
export const server = 'https://sense.other.example'
export const gateway = 'https://qlik.acme.example'
export const app = '11111111-2222-4333-8444-555555555555'

const now = Date.parse('2026-11-29T08:00:00Z') / 1000

/** A token that nobody signed. */
export function tokenOf(claims: object = {}, header: object = {}): string {
  const all = {
    iss: 'acme.example',
    aud: 'qlik.api/login/jwt-session',
    sub: 'acme|ada',
    subType: 'user',
    name: 'Ada Lovelace',
    email: 'ada@acme.example',
    email_verified: true,
    jti: 'k3JcV1o0o1b8xQm2',
    iat: now,
    nbf: now - 5,
    exp: now + 55,
    ...claims,
  }
  const parts = [{ alg: 'RS256', typ: 'JWT', kid: 'acme-1', ...header }, all]
  return [
    ...parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')),
    'c2lnbmF0dXJl',
  ].join('.')
}

const origin = { origin: page, 'sec-fetch-site': 'cross-site', referer: `${page}/` }
const allowed = {
  'access-control-allow-origin': page,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'qlik-csrf-token',
  date: 'Sun, 29 Nov 2026 08:00:00 GMT',
}
const integration = 'qlik-web-integration-id=Wx7Integration1'
const cookies = [
  'eas.sid=S3cr3tS3ssi0n0fAda; Path=/; HttpOnly; SameSite=None; Secure',
  'eas.sid.sig=S1gnatur3OfTheS3ssion; Path=/; HttpOnly; SameSite=None; Secure',
].join('\n')
const sentCookies = 'eas.sid=S3cr3tS3ssi0n0fAda; eas.sid.sig=S1gnatur3OfTheS3ssion'

/** The page logs in at Qlik Cloud itself. */
export function cloudLogin(token = tokenOf()): Happened[] {
  return [
    { url: `${page}/`, kind: 'page' },
    { url: `${page}/token`, method: 'POST', posted: '{}', body: JSON.stringify({ token }) },
    {
      url: `${tenant}/login/jwt-session?${integration}`,
      method: 'POST',
      sent: { ...origin, authorization: `Bearer ${token}` },
      came: { ...allowed, 'set-cookie': cookies },
      body: '{}',
    },
    {
      url: `${tenant}/api/v1/csrf-token?${integration}`,
      status: 204,
      sent: { ...origin, cookie: sentCookies },
      came: { ...allowed, 'qlik-csrf-token': 'Csrf-T0ken-0f-Ada-1' },
    },
    {
      url: `${tenant}/api/v1/users/me?${integration}`,
      sent: { ...origin, cookie: sentCookies },
      came: allowed,
      body: '{"id":"5b0a04be5f8cd1daaa097a31","name":"Ada Lovelace"}',
    },
    {
      url: `${tenant.replace('http', 'ws')}/app/${app}?${integration}&qlik-csrf-token=Csrf-T0ken-0f-Ada-1`,
      kind: 'socket',
      status: 101,
      sent: { origin: page },
      messages: [
        `> {"delta":true,"handle":-1,"method":"OpenDoc","params":["${app}"],"id":1,"jsonrpc":"2.0"}`,
        '< {"jsonrpc":"2.0","method":"OnConnected","params":{"qSessionState":"SESSION_CREATED"}}',
        '< {"jsonrpc":"2.0","id":1,"result":{"qReturn":{"qType":"Doc","qHandle":1}}}',
      ],
    },
    {
      url: `${tenant}/single/?appid=${app}&obj=sales&${integration}&qlik-csrf-token=Csrf-T0ken-0f-Ada-1`,
      kind: 'frame',
      sent: { cookie: sentCookies, 'sec-fetch-site': 'cross-site' },
      came: { 'content-security-policy': `frame-ancestors 'self' ${page}` },
    },
  ]
}

/** The page logs in at client-managed Qlik itself. */
export function serverLogin(token = tokenOf()): Happened[] {
  const cookie = 'X-Qlik-Session-jwt=0ca3e2a8-5b7d-4a51-9d64-0d1f5fd2c9b1'
  return [
    { url: `${page}/`, kind: 'page' },
    { url: `${page}/token`, method: 'POST', posted: '{}', body: JSON.stringify({ token }) },
    {
      url: `${server}/jwt/qps/user?xrfkey=abcdefghij123456`,
      sent: { ...origin, authorization: `Bearer ${token}`, 'x-qlik-xrfkey': 'abcdefghij123456' },
      came: { ...allowed, 'set-cookie': `${cookie}; Path=/; HttpOnly; Secure; SameSite=None` },
      body: '{"userDirectory":"ACME","userId":"ada"}',
    },
    {
      url: `${server}/jwt/qps/csrftoken?xrfkey=abcdefghij123456`,
      status: 204,
      sent: { ...origin, cookie },
      came: { ...allowed, 'qlik-csrf-token': 'Csrf-T0ken-0f-Ada-2' },
    },
    {
      url: `${server}/jwt/qps/user`,
      sent: { ...origin, cookie },
      came: allowed,
      body: '{"userDirectory":"ACME","userId":"ada"}',
    },
    {
      url: `${server.replace('http', 'ws')}/jwt/app/${app}?qlik-csrf-token=Csrf-T0ken-0f-Ada-2`,
      kind: 'socket',
      status: 101,
      sent: { origin: page },
      messages: [
        '< {"jsonrpc":"2.0","method":"OnAuthenticationInformation","params":{"userId":"ada","userDirectory":"ACME","mustAuthenticate":false}}',
        '< {"jsonrpc":"2.0","method":"OnConnected","params":{"qSessionState":"SESSION_CREATED"}}',
      ],
    },
  ]
}

/** The page logs in at a gateway. */
export function gatewayLogin(token = tokenOf({ aud: gateway })): Happened[] {
  const here = { origin: page, 'sec-fetch-site': 'same-site' }
  const cookie = '__Host-jotgate=G4tewayS3ssionOfAda'
  return [
    { url: `${page}/`, kind: 'page' },
    { url: `${page}/assertion`, method: 'POST', posted: '{}', body: JSON.stringify({ token }) },
    {
      url: `${gateway}/.jotgate/login`,
      method: 'POST',
      sent: { ...here, authorization: `Bearer ${token}` },
      came: { ...allowed, 'set-cookie': `${cookie}; Path=/; Secure; HttpOnly; SameSite=Lax` },
    },
    {
      url: `${gateway}/.jotgate/session`,
      sent: { ...here, cookie },
      came: allowed,
      body: '{"user":{"subject":"acme|ada"},"state":"none"}',
    },
    { url: `${gateway}/api/v1/users/me`, sent: { ...here, cookie }, came: allowed, body: '{}' },
    {
      url: `${gateway.replace('http', 'ws')}/app/${app}`,
      kind: 'socket',
      status: 101,
      sent: { origin: page },
      messages: [
        '< {"jsonrpc":"2.0","method":"OnConnected","params":{"qSessionState":"SESSION_CREATED"}}',
      ],
    },
  ]
}

/** A login in which the requests to a path went otherwise. */
export function changed(
  login: readonly Happened[],
  path: string | RegExp,
  change: Partial<Happened>,
  options: { ends?: boolean } = {},
): Happened[] {
  const isAt = ({ url }: Happened) => new RegExp(path).test(url)
  const index = login.findIndex(isAt)
  if (index === -1) throw new Error(`No request goes to ${path}`)
  const all = login.map((one) => (isAt(one) ? { ...one, ...change } : one))
  return options.ends === false ? all : all.slice(0, index + 1)
}
