import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from './testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

it.each([
  ['errors', /INTERNAL-TOKEN-1/, 'application/json'],
  ['text', /^Unauthorized$/, 'text/plain'],
  ['empty', /^$/, null],
] as const)('a refused log-in has the body %s', async (loginErrorBody, words, type) => {
  tenant.emulator.switches.set({ loginErrorBody })
  const response = await tenant.postToken('nonsense')
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe(type)
  expect(await response.text()).toMatch(words)
  expect((await tenant.postToken(tenant.token())).status).toBe(200)
})

it.each([
  ['errors', /HTTP-401/],
  ['html', /^<h1>/],
  ['empty', /^$/],
] as const)('a 401 under /api has the body %s, and pages may read it', async (body, words) => {
  tenant.emulator.switches.set({ unauthorizedBody: body })
  const headers = { origin: testOrigin, 'qlik-web-integration-id': tenant.webIntegrationId }
  const response = await tenant.send('GET', '/api/v1/items', headers)
  expect(response.status).toBe(401)
  expect(response.headers.get('access-control-allow-origin')).toBe(testOrigin)
  expect(await response.text()).toMatch(words)
  // Another status keeps its own words.
  const { cookie } = await tenant.login()
  const forbidden = await tenant.send('GET', '/api/v1/users', { cookie })
  expect(await forbidden.text()).toContain('TenantAdmin')
})
