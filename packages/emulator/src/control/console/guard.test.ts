import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from '../../cloud/testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

const path = '/_emulator/api/cloud/tenant'
const check = (headers: Record<string, string>) =>
  tenant.send('POST', '/_emulator/api/check', headers)

async function openSession(): Promise<string> {
  const answer = await tenant.admin('POST', '/_emulator/api/console-sessions')
  const { token } = (await answer.json()) as { token: string }
  return token
}

describe('the control API', () => {
  it.each([
    { origin: testOrigin },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('answers no page elsewhere: %j', async (headers) => {
    for (const method of ['GET', 'POST']) {
      const answer = await tenant.send(method, path, {
        ...headers,
        authorization: `Bearer ${tenant.emulator.adminKey}`,
      } as unknown as Record<string, string>)
      expect(answer.status).toBe(403)
      expect(await answer.text()).not.toContain('administrator@')
    }
  })

  it('answers its own page and programs', async () => {
    for (const headers of [{ origin: tenant.emulator.url, 'sec-fetch-site': 'same-origin' }, {}]) {
      const answer = await tenant.send('GET', path, headers as Record<string, string>)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      await answer.text()
    }
  })

  it('takes the key or a session of the console for writes', async () => {
    const session = await openSession()
    expect((await check({ authorization: `Bearer ${session}` })).status).toBe(204)
    expect((await check({ authorization: `Bearer ${tenant.emulator.adminKey}` })).status).toBe(204)
    for (const wrong of ['', 'Bearer x', `Basic ${session}`]) {
      const answer = await check({ authorization: wrong })
      expect(answer.status).toBe(401)
      await answer.text()
    }
  })

  it('ends a session of the console, and lets none make another', async () => {
    const authorization = `Bearer ${await openSession()}`
    const again = await tenant.send('POST', '/_emulator/api/console-sessions', { authorization })
    expect(again.status).toBe(401)
    await again.text()
    const ended = await tenant.send('DELETE', '/_emulator/api/console-sessions', { authorization })
    expect(ended.status).toBe(204)
    const after = await check({ authorization })
    expect(after.status).toBe(401)
    await after.text()
  })

  it('takes no session of the console for the tenant’s own administration', async () => {
    const authorization = `Bearer ${await openSession()}`
    const answer = await tenant.send('GET', '/api/v1/identity-providers', { authorization })
    expect(answer.status).toBe(401)
    await answer.text()
  })
})

describe('the control API of a tenant with a public address', () => {
  const publicUrl = 'https://qlik.acme.example'
  let proxied: TestTenant
  beforeAll(async () => {
    proxied = await startTenant({ publicUrl })
  })
  afterAll(() => proxied.close())

  it.each([
    ['the public address', 200, () => publicUrl],
    ['the address that it listens at', 200, () => proxied.emulator.url],
    ['the public host without TLS', 403, () => 'http://qlik.acme.example'],
    ['another page', 403, () => testOrigin],
  ])('answers the console at %s with %d', async (_, status, origin) => {
    const answer = await proxied.send('GET', path, { origin: origin() })
    expect(answer.status).toBe(status)
    await answer.text()
  })
})
