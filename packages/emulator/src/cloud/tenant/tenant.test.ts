import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

describe('tenants/me', () => {
  it('redirects to the tenant', async () => {
    const { cookie } = await tenant.login()
    const me = await tenant.send('GET', '/api/v1/tenants/me', { cookie })
    expect(me.status).toBe(301)
    const location = me.headers.get('location') ?? ''
    const answer = await tenant.send('GET', location, { cookie })
    expect(await answer.json()).toMatchObject({
      status: 'active',
      hostnames: [`localhost:${tenant.emulator.port}`],
      links: { self: { href: tenant.emulator.url + location } },
    })
  })

  it('knows no other tenant, and nobody without a session', async () => {
    const other = await tenant.admin('GET', '/api/v1/tenants/other')
    expect(other.status).toBe(404)
    expect(await other.json()).toMatchObject({
      errors: [{ code: 'TENANTS-8', title: 'Not found', status: '404' }],
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect((await tenant.send('GET', '/api/v1/tenants/me')).status).toBe(401)
  })
})

describe('auth-settings', () => {
  const path = '/api/core/auth-settings'
  const replace = (name: string, value: unknown) => [{ op: 'replace', path: `/${name}`, value }]

  it('begin with Qlik’s defaults and change for new sessions only', async () => {
    expect(await (await tenant.admin('GET', path)).json()).toMatchObject({
      isDefault: true,
      maxUserSessionLifespanMinutes: 1440,
      userSessionInactivityTimeoutMinutes: 30,
      dynamicClientRegistrationEnabled: false,
    })
    const before = await tenant.login()
    const patch = [
      ...replace('userSessionInactivityTimeoutMinutes', 15),
      ...replace('maxUserSessionLifespanMinutes', 60),
      ...replace('dynamicClientRegistrationEnabled', true),
      ...replace('dcrAllowedAuthenticationMethods', ['none']),
    ]
    expect((await tenant.admin('PATCH', path, patch)).status).toBe(204)
    expect(await (await tenant.admin('GET', path)).json()).toMatchObject({
      isDefault: false,
      userSessionInactivityTimeoutMinutes: 15,
      dcrAllowedAuthenticationMethods: ['none'],
    })
    const after = await tenant.login()
    tenant.emulator.clock.advance(16 * 60)
    const status = async ({ cookie }: { cookie: string }) =>
      (await tenant.send('GET', '/api/v1/users/me', { cookie })).status
    expect(await status(before)).toBe(301)
    expect(await status(after)).toBe(401)
  })

  it.each([
    ['userSessionInactivityTimeoutMinutes', 14],
    ['userSessionInactivityTimeoutMinutes', 1441],
    ['userSessionInactivityTimeoutMinutes', '30'],
    ['maxUserSessionLifespanMinutes', 90],
    ['maxUserSessionLifespanMinutes', 10_140],
    ['dynamicClientRegistrationEnabled', 1],
    ['dcrAllowedAuthenticationMethods', ['magic']],
    ['tenantId', 'x'],
  ])('%s = %j is refused', async (name, value) => {
    expect((await tenant.admin('PATCH', path, replace(name, value))).status).toBe(400)
  })

  it('are for administrators', async () => {
    const { cookie } = await tenant.login()
    expect((await tenant.send('GET', path, { cookie })).status).toBe(403)
  })
})

describe('user-locale', () => {
  it('is the browser’s language, or what the user prefers', async () => {
    const { cookie } = await tenant.login()
    const read = async () => {
      const headers = { cookie, 'accept-language': 'xx, de-AT;q=0.9, fr' }
      return (await tenant.send('GET', '/api/v1/user-locale', headers)).json()
    }
    expect(await read()).toMatchObject({ locale: 'de', preferredLocale: 'de' })
    const id = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')?.id
    await tenant.admin('PATCH', `/api/v1/users/${id}`, [
      { op: 'replace', path: '/preferredLocale', value: 'sv' },
    ])
    expect(await read()).toMatchObject({ locale: 'de', preferredLocale: 'sv' })
  })
})

it('the identity providers tell their state without telling more', async () => {
  const base = '/api/v1/identity-providers'
  expect(await (await tenant.admin('GET', `${base}/status`)).json()).toEqual({
    idps_metadata: [
      { active: true, interactive: false, provider: 'external' },
      { active: true, interactive: true, provider: 'generic' },
    ],
    active_interactive_idps_count: 1,
  })
  expect(await (await tenant.admin('GET', `${base}/me/meta`)).json()).toMatchObject({
    userPortalLink: tenant.emulator.url,
  })
  const metadata = await tenant.send('GET', `${base}/.well-known/metadata.json`)
  expect(await metadata.json()).toEqual({ issuer: tenant.emulator.url })
})

it('web integrations are sorted by name, and a limit of 0 is none of them', async () => {
  const path = '/api/v1/web-integrations'
  for (const name of ['b', 'c', 'a']) await tenant.admin('POST', path, { name })
  const names = async (query: string) => {
    const answer = (await (await tenant.admin('GET', `${path}?${query}`)).json()) as {
      data: { name: string }[]
    }
    return answer.data.map(({ name }) => name)
  }
  expect(await names('sort=-name')).toEqual(['portal', 'c', 'b', 'a'])
  expect(await names('limit=0')).toEqual([])
})
