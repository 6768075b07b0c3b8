// What no source settles must not be taken for Qlik's own: a refusal that a switch decides names the switch.
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openSocket } from '../../http/testing/open-socket.ts'
import { makeTestKey } from '../../jwt/testing/certificate.ts'
import { cloudSwitches, type SwitchName } from '../switch-definitions.ts'
import { startTenant, type TestTenant, testIssuer, testOrigin } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  // An address of https: a CSP entry of a page over http matters there alone.
  tenant = await startTenant({ publicUrl: 'https://acme.eu.qlikcloud.com' })
})
afterEach(() => tenant.close())

const daySeconds = 86_400
const items = '/api/v1/items'
const users = '/api/v1/users'
const foreignOrigin = { origin: 'https://other.example' }

const logIn = async (claims?: Record<string, unknown>, header?: Record<string, unknown>) =>
  (await tenant.postToken(tenant.token(claims, header))).text()
const as = (cookie: string, method = 'GET', path = items) => tenant.send(method, path, { cookie })
const set = (switches: Parameters<TestTenant['emulator']['switches']['set']>[0]) =>
  tenant.emulator.switches.set(switches)
const advance = (seconds: number) => tenant.emulator.clock.advance(seconds)
const preflight = (origin: string, headers = 'content-type') =>
  tenant.send('OPTIONS', items, {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': headers,
  })
const openApp = ({ cookie, csrfToken }: { cookie: string; csrfToken: string }) =>
  openSocket(`${tenant.emulator.url}/app/sales?qlik-csrf-token=${csrfToken}`, { cookie })

function register(pem: string, { issuer = 'second', kid = 'k2' } = {}) {
  const options = { issuer, staticKeys: [{ kid, pem }] }
  const body = { protocol: 'jwtAuth', provider: 'external', options }
  return tenant.admin('POST', '/api/v1/identity-providers', body)
}

async function replace(path: string, name: string, value: unknown) {
  await tenant.admin('PATCH', path, [{ op: 'replace', path: `/${name}`, value }])
}

const idOf = (subject: string) =>
  tenant.emulator.state.users().find((user) => user.subject === subject)?.id

/** Ada, whose app is in a space that is assigned to her. */
async function assignAda() {
  const session = await tenant.login()
  const made = await tenant.admin('POST', '/api/v1/spaces', { name: 'Sales', type: 'shared' })
  const { id: spaceId } = (await made.json()) as { id: string }
  await tenant.admin('PUT', '/api/v1/apps/sales/space', { spaceId })
  const assignment = { type: 'user', assigneeId: idOf('ada'), roles: ['consumer'] }
  await tenant.admin('POST', `/api/v1/spaces/${spaceId}/assignments`, assignment)
  return session
}

/** The interactive log-in of Katherine, by its steps. */
async function logInInteractively() {
  const begun = await tenant.send('GET', '/login')
  const cookie = begun.headers.getSetCookie().map((line) => line.split(';')[0])
  const at = (response: Response) => new URL(response.headers.get('location') ?? '', 'http://x')
  const state = at(begun).searchParams.get('state') ?? ''
  const chosen = await fetch(`${tenant.emulator.url}/login/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ state, subject: 'idp|katherine' }),
  })
  const { pathname, search } = at(chosen)
  await tenant.send('GET', pathname + search, { cookie: cookie.join('; ') })
}

/** Has a switch decide something: a refusal that names it, or `no refusal` where it decides other things. */
const provocations: { [Name in SwitchName]: (() => Promise<unknown>) | 'no refusal' } = {
  defaultClockToleranceSec: () => {
    const now = Math.floor(tenant.emulator.clock.now().getTime() / 1000)
    return logIn({ nbf: now - 60, exp: now - 10 })
  },
  strictSubType: () => {
    set({ strictSubType: true })
    return logIn({ subType: undefined })
  },
  unverifiedEmail: () => {
    set({ unverifiedEmail: 'refused' })
    return logIn({ email_verified: false })
  },
  emailVerifiedString: () => logIn({ email_verified: 'true' }),
  trustRefusalStatus: () => logIn({}, { alg: 'HS256' }),
  claimRefusalStatus: () => logIn({ aud: 'another' }),
  originRefusalStatus: () => tenant.send('GET', items, foreignOrigin),
  originRefusalHeaders: () => tenant.send('GET', items, foreignOrigin),
  preflight: () => preflight('https://other.example'),
  refreshUserAtLogin: 'no refusal',
  missingGroupsClaim: 'no refusal',
  refuseSameEmail: async () => {
    set({ refuseSameEmail: true })
    await tenant.login()
    return logIn({ sub: 'bob' })
  },
  cookieAttributes: 'no refusal',
  usersMeStatus: 'no refusal',
  csrfErrorShape: async () => as((await tenant.login()).cookie, 'POST'),
  webSocketRefusal: () => openSocket(`${tenant.emulator.url}/app/sales`),
  webSocketKeepsSession: async () => {
    set({ webSocketKeepsSession: false })
    const { cookie, csrfToken } = await tenant.login()
    const address = `${tenant.emulator.url}/app/sales?qlik-csrf-token=${csrfToken}`
    const socket = new WebSocket(address.replace('http', 'ws'), { headers: { cookie } })
    await once(socket, 'open')
    socket.send('{}')
    // Answered in order: the frame has been read by then.
    socket.ping()
    await once(socket, 'pong')
    advance(daySeconds / 2)
    return as(cookie)
  },
  restKeepsSession: async () => {
    set({ restKeepsSession: false })
    const { cookie } = await tenant.login()
    await as(cookie)
    advance(daySeconds / 2)
    return as(cookie)
  },
  pemLineBreaks: () => register(tenant.key.certificatePem),
  barePublicKey: () => {
    set({ barePublicKey: 'refused' })
    const pem = tenant.key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    return register(pem.replaceAll('\n', ''))
  },
  sameIssuerOtherKeyId: () => {
    set({ sameIssuerOtherKeyId: 'refused' })
    return register(tenant.key.certificateLine, { issuer: testIssuer })
  },
  certificateDates: async () => {
    set({ certificateDates: 'checked' })
    const past = makeTestKey({ to: new Date('2021-01-01') })
    await register(past.certificateLine)
    return logIn({ iss: 'second' }, { kid: 'k2' })
  },
  deletedProviderEndsSessions: async () => {
    set({ deletedProviderEndsSessions: true })
    const { cookie } = await tenant.login()
    const { id } = tenant.emulator.state.identityProviders()[0] ?? {}
    await tenant.admin('DELETE', `/api/v1/identity-providers/${id}`)
    return as(cookie)
  },
  identityProviderLimit: () => {
    set({ identityProviderLimit: 1 })
    return register(tenant.key.certificateLine)
  },
  minimumKeyBits: () => {
    set({ minimumKeyBits: 3072 })
    return register(tenant.key.certificateLine)
  },
  algorithms: () => logIn({}, { alg: 'RS384' }),
  replayedToken: async () => {
    await logIn({ jti: 'once' })
    return logIn({ jti: 'once' })
  },
  refusedTokenCounts: async () => {
    set({ refusedTokenCounts: true })
    await logIn({ jti: 'once', name: undefined })
    return logIn({ jti: 'once' })
  },
  futureIssuedAt: () => {
    set({ futureIssuedAt: 'refused' })
    return logIn({ iat: 4_000_000_000 })
  },
  missingEmail: () => logIn({ email: undefined }),
  groupsPerTokenLimit: () => {
    set({ groupsPerTokenLimit: 1 })
    return logIn({ groups: ['a', 'b'] })
  },
  tokenSizeLimit: () => {
    set({ tokenSizeLimit: 256 })
    return logIn()
  },
  groupsWhileCreationIsOff: 'no refusal',
  disabledUserStatus: async () => {
    await tenant.login()
    await replace(`${users}/${idOf('ada')}`, 'status', 'disabled')
    return logIn()
  },
  invitedUserLogin: async () => {
    set({ invitedUserLogin: 'refused-when-expired' })
    await tenant.admin('POST', users, { subject: 'ada' })
    advance(8 * daySeconds)
    return logIn()
  },
  interactiveSameEmail: async () => {
    await tenant.login({ email: 'katherine@company.example' })
    return logInInteractively()
  },
  loginErrorBody: () => {
    set({ loginErrorBody: 'text' })
    return logIn({ aud: 'another' })
  },
  unauthorizedBody: () => {
    set({ unauthorizedBody: 'html' })
    return tenant.send('GET', items)
  },
  balancerCookies: 'no refusal',
  cookieDomain: 'no refusal',
  // The browser refuses here, for what the answer does not list.
  corsAllowHeaders: () => preflight(testOrigin, 'content-type, x-trace'),
  integrationWithoutOrigin: () => {
    set({ integrationWithoutOrigin: 'checked' })
    return tenant.send('GET', items, { 'qlik-web-integration-id': 'unknown' })
  },
  csrfOnReads: async () => {
    set({ csrfOnReads: true })
    return as((await tenant.login()).cookie)
  },
  lastPageLink: 'no refusal',
  secondLogin: async () => {
    set({ secondLogin: 'replaces' })
    const { cookie } = await tenant.login()
    const authorization = `Bearer ${tenant.token()}`
    await tenant.send('POST', '/login/jwt-session', { authorization, cookie })
    return as(cookie)
  },
  // The browser refuses here too: the frame stays blocked.
  cspOriginScheme: () =>
    tenant.admin('POST', '/api/v1/csp-origins', {
      origin: 'http://localhost:8080',
      frameAncestors: true,
    }),
  logoutEndsSession: 'no refusal',
  logoutAnswer: 'no refusal',
  defaultEngineTtlSec: 'no refusal',
  spaceAccessDelaySec: async () => {
    set({ spaceAccessDelaySec: 60 })
    return openApp(await assignAda())
  },
  spaceAccessDelayRequests: async () => {
    set({ spaceAccessDelayRequests: 1 })
    return as((await assignAda()).cookie, 'GET', '/api/v1/apps/sales')
  },
  noLicence: async () => {
    const off = { autoAssignProfessional: false, autoAssignAnalyzer: false }
    await tenant.admin('PUT', '/api/v1/licenses/settings', off)
    return openApp(await tenant.login())
  },
  rateLimits: async () => {
    const { cookie } = await tenant.login()
    // Five minutes of the tier that allows least, all at once.
    await Promise.all(Array.from({ length: 501 }, () => as(cookie, 'POST')))
  },
  loginsCountBy: async () => {
    set({ loginsCountBy: 'everyone' })
    const people = Array.from({ length: 501 }, (_, at) => (at % 2 === 0 ? 'ada' : 'bob'))
    await Promise.all(people.map((sub) => logIn({ sub, email: `${sub}@acme.example` })))
  },
}

interface Listed {
  readonly status: number
  readonly closeCode?: number
  readonly error?: object
  readonly advice: readonly { why: string; next: string }[]
}

async function lastRequest(): Promise<Listed> {
  const answer = await tenant.send('GET', '/_emulator/api/requests')
  const { requests } = (await answer.json()) as { requests: Listed[] }
  const last = requests.at(-1)
  if (last === undefined) throw new Error('nothing was recorded')
  return last
}

describe('a refusal that a switch decides', () => {
  const provoking = Object.entries(provocations).flatMap(([name, provoke]) =>
    provoke === 'no refusal' ? [] : [{ name: name as SwitchName, provoke }],
  )

  it.each(provoking)('names it, with what is not known: $name', async ({ name, provoke }) => {
    await provoke()
    const { advice } = await lastRequest()
    const named = advice.filter(({ why, next }) => `${why} ${next}`.includes(`switch ${name}`))
    expect(named, JSON.stringify(advice)).toHaveLength(1)
  })

  it('names none where the documentation decides', async () => {
    await logIn({ sub: undefined })
    expect(JSON.stringify(await lastRequest())).not.toContain('switch ')
    await tenant.admin('POST', users, {})
    expect(JSON.stringify(await lastRequest())).not.toContain('switch ')
  })

  it('names none where no value of it would have let the request pass', async () => {
    const now = Math.floor(Date.now() / 1000)
    await logIn({ nbf: now - 9000, exp: now - 8000 })
    await logIn({ email_verified: 'yes' })
    const answer = await tenant.send('GET', '/_emulator/api/requests')
    const text = await answer.text()
    for (const name of ['defaultClockToleranceSec', 'emailVerifiedString'])
      expect(text).not.toContain(`switch ${name}`)
  })

  it('names it in the answer too, where that has members of the emulator’s own', async () => {
    for (const [claims, name] of [
      [{ email_verified: 'true' }, 'emailVerifiedString'],
      [{ email: undefined }, undefined],
    ] as const) {
      const { errors } = JSON.parse(await logIn(claims))
      expect(errors[0].meta?.switch).toBe(name)
    }
    const refused = await register(tenant.key.certificatePem)
    expect(await refused.json()).toMatchObject({ errors: [{ meta: { switch: 'pemLineBreaks' } }] })
  })

  it('says whether a source settles the default', async () => {
    await logIn({ email: undefined })
    expect(cloudSwitches.missingEmail.certainty).toBe('documented')
    expect((await lastRequest()).advice.at(-1)?.why).toContain('its default is documented')
    await logIn({ email_verified: 'true' })
    expect(JSON.stringify((await lastRequest()).advice)).toContain('no source settles it')
  })
})
