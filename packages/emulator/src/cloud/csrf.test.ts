import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from './testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

describe('GET /api/v1/csrf-token', () => {
  it('gives the value of the cookie _csrfToken, in a header and without a body', async () => {
    const { cookie, csrfToken } = await tenant.login()
    const response = await tenant.send('GET', '/api/v1/csrf-token', { cookie })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(response.headers.get('qlik-csrf-token')).toBe(csrfToken)
  })

  it('answers 401 without a session and 400 to a key', async () => {
    const nobody = await tenant.send('GET', '/api/v1/csrf-token')
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('qlik-csrf-token')).toBeNull()
    const byKey = await tenant.admin('GET', '/api/v1/csrf-token')
    expect(byKey.status).toBe(400)
    expect(await byKey.text()).toContain(
      'Token is not supported for the auth mechanism being used.',
    )
  })
})

describe('a write by cookies', () => {
  it.each(['top-level', 'errors'] as const)(
    'without the session’s CSRF token gets 403, in the shape %s',
    async (shape) => {
      tenant.emulator.switches.set({ csrfErrorShape: shape })
      const { cookie } = await tenant.login()
      const other = await tenant.login({ sub: 'bob' })
      for (const wrong of [undefined, '', 'x', other.csrfToken]) {
        const response = await tenant.send('POST', '/api/v1/web-integrations', {
          cookie,
          ...(wrong === undefined ? {} : { 'qlik-csrf-token': wrong }),
        })
        expect(response.status).toBe(403)
        const body = (await response.json()) as { code?: string; errors?: { code: string }[] }
        if (shape === 'top-level') expect(body.code).toBe('CSRF-TOKEN-2')
        else expect(body.errors?.[0]?.code).toBe('CSRF-TOKEN-2')
      }
    },
  )

  it('passes with the token in header or query, to be checked against the user’s rights', async () => {
    const { cookie, csrfToken } = await tenant.login()
    const path = '/api/v1/web-integrations'
    for (const response of [
      await tenant.send('POST', path, { cookie, 'qlik-csrf-token': csrfToken }),
      await tenant.send('POST', `${path}?qlik-csrf-token=${csrfToken}`, { cookie }),
    ]) {
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('User missing TenantAdmin role')
    }
  })

  it('is not asked of the administrator’s key', async () => {
    const body = { name: 'x' }
    expect((await tenant.admin('POST', '/api/v1/web-integrations', body)).status).toBe(201)
  })
})
