import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from './testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
beforeEach(() =>
  tenant.emulator.switches.set({ preflight: 'listed-origins', originRefusalStatus: 401 }),
)
afterAll(() => tenant.close())

const idHeader = 'qlik-web-integration-id'

async function preflight(origin: string): Promise<Response> {
  return tenant.send('OPTIONS', '/login/jwt-session', {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,qlik-web-integration-id',
  })
}

describe('a preflight', () => {
  it('is answered for an origin that some integration lists, without any ID', async () => {
    const { status, headers } = await preflight(testOrigin)
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(testOrigin)
    expect(headers.get('access-control-allow-credentials')).toBe('true')
    expect(headers.get('access-control-allow-headers')).toContain('qlik-web-integration-id')
    expect(headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(headers.get('vary')).toBe('Origin')
  })

  it('is not answered for another origin, unless the switch says so', async () => {
    const refused = await preflight('https://evil.example')
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    tenant.emulator.switches.set({ preflight: 'any-origin' })
    expect((await preflight('https://evil.example')).status).toBe(204)
  })
})

describe('a request with an Origin', () => {
  it('passes with its integration’s ID in the header or in the query', async () => {
    const inHeader = await tenant.send('POST', '/login/jwt-session', {
      origin: testOrigin,
      authorization: `Bearer ${tenant.token()}`,
      [idHeader]: tenant.webIntegrationId,
    })
    expect(inHeader.status).toBe(200)
    expect(inHeader.headers.get('access-control-allow-origin')).toBe(testOrigin)
    expect(inHeader.headers.get('access-control-allow-credentials')).toBe('true')
    expect(inHeader.headers.get('access-control-expose-headers')).toBe('qlik-csrf-token')
    expect(inHeader.headers.getSetCookie()).toHaveLength(6)
    const inQuery = await tenant.send(
      'POST',
      `/login/jwt-session?${idHeader}=${tenant.webIntegrationId}`,
      { origin: testOrigin, authorization: `Bearer ${tenant.token()}` },
    )
    expect(inQuery.status).toBe(200)
  })

  it('passes with the right ID in the header beside a broken one in the query', async () => {
    const response = await tenant.send(
      'GET',
      `/api/v1/csrf-token?${idHeader}=${tenant.webIntegrationId}/`,
      { origin: testOrigin, [idHeader]: tenant.webIntegrationId, ...(await tenant.login()) },
    )
    expect(response.status).toBe(204)
  })

  it.each<[string, () => Record<string, string>]>([
    ['without ID', () => ({ origin: testOrigin })],
    ['with an unknown ID', () => ({ origin: testOrigin, [idHeader]: 'x' })],
    [
      'of another origin',
      () => ({ origin: 'https://evil.example', [idHeader]: tenant.webIntegrationId }),
    ],
    [
      'of another port',
      () => ({ origin: 'http://localhost:3001', [idHeader]: tenant.webIntegrationId }),
    ],
    [
      'of another scheme',
      () => ({ origin: 'https://localhost:3000', [idHeader]: tenant.webIntegrationId }),
    ],
    [
      'of an origin that only begins alike',
      () => ({ origin: `${testOrigin}0`, [idHeader]: tenant.webIntegrationId }),
    ],
    ['of a page without origin', () => ({ origin: 'null', [idHeader]: tenant.webIntegrationId })],
  ])('%s is refused before the token is looked at', async (_, headers) => {
    const token = tenant.token()
    const response = await tenant.send('POST', '/login/jwt-session', {
      ...headers(),
      authorization: `Bearer ${token}`,
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.text()).toContain('LOGIN-10')
    expect((await tenant.postToken(token)).status).toBe(200)
  })

  it('is refused with the status of the switch', async () => {
    tenant.emulator.switches.set({ originRefusalStatus: 403 })
    const response = await tenant.send('GET', '/api/v1/users/me', { origin: testOrigin })
    expect(response.status).toBe(403)
    await response.text()
  })

  it('is refused with CORS headers where the switch says so', async () => {
    tenant.emulator.switches.set({ originRefusalHeaders: 'sent' })
    const response = await tenant.send('GET', '/api/v1/users/me', { origin: testOrigin })
    expect(response.headers.get('access-control-allow-origin')).toBe(testOrigin)
    expect([response.status, await response.text()]).toEqual([
      401,
      expect.stringContaining('LOGIN-10'),
    ])
    tenant.emulator.switches.set({ originRefusalHeaders: 'omitted' })
  })

  it('of the emulator’s own pages needs no ID', async () => {
    const response = await tenant.send('POST', '/login/jwt-session', {
      origin: tenant.emulator.url,
      authorization: `Bearer ${tenant.token()}`,
    })
    expect(response.status).toBe(200)
  })
})

describe('without an Origin, as a server asks', () => {
  it('no ID is needed, and a made-up one does not matter', async () => {
    const response = await tenant.send('POST', '/login/jwt-session', {
      authorization: `Bearer ${tenant.token()}`,
      [idHeader]: 'tests',
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })
})

it('product-info may be read by any page: clients tell Cloud by it', async () => {
  const response = await tenant.send('GET', '/resources/autogenerated/product-info.json', {
    origin: 'https://any.example',
  })
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(await response.json()).toEqual({
    composition: { deploymentType: 'qlikcloudservices' },
    externalUrls: {},
  })
})
