import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'
import { type Client, oauthOf, clientsPath as path } from './oauth.fixture.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())
const { create, credentials, get } = oauthOf(() => tenant)

describe('OAuth clients', () => {
  it('are read, changed, published and deleted; secrets are shown once', async () => {
    const client = await create()
    const own = `${path}/${client.clientId}`
    const read = async () =>
      (await (await tenant.admin('GET', own)).json()) as Record<string, unknown>
    expect(await read()).toMatchObject({
      clientName: 'backend',
      clientSecrets: [{ hint: client.clientSecret.slice(0, 5) }],
      connectionConfig: { consentMethod: 'trusted' },
    })
    expect(JSON.stringify(await read())).not.toContain(client.clientSecret)
    const patch = [
      { op: 'replace', path: '/clientName', value: 'other' },
      { op: 'add', path: '/allowedOrigins', value: 'https://a.example' },
      { op: 'add', path: '/allowedOrigins', value: ['https://b.example'] },
      { op: 'remove', path: '/allowedOrigins', value: 'https://a.example' },
    ]
    expect((await tenant.admin('PATCH', own, patch)).status).toBe(204)
    expect(await read()).toMatchObject({
      clientName: 'other',
      allowedOrigins: ['https://b.example'],
    })
    const publish = await tenant.admin('POST', `${own}/actions/publish`)
    expect(await publish.json()).toEqual({ publishedAt: expect.stringMatching(/Z$/) })
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('GET', own)).status).toBe(404)
  })

  it('get a second secret, and lose the first', async () => {
    const client = await create()
    const own = `${path}/${client.clientId}/client-secrets`
    const second = (await (await tenant.admin('POST', own)).json()) as Client
    const hint = client.clientSecret.slice(0, 5)
    expect((await tenant.admin('DELETE', `${own}/${hint}`)).status).toBe(204)
    expect((await tenant.admin('DELETE', `${own}/${hint}`)).status).toBe(404)
    expect((await credentials(client)).status).toBe(401)
    expect((await credentials(second)).status).toBe(200)
  })

  it('are trusted afterwards, and their tokens end with them', async () => {
    const client = await create({ connectionConfig: { consentMethod: 'required' } })
    const trust = (value: string) =>
      tenant.admin('PATCH', `${path}/${client.clientId}/connection-configs/me`, [
        { op: 'replace', path: '/consentMethod', value },
      ])
    expect((await trust('maybe')).status).toBe(400)
    expect((await trust('trusted')).status).toBe(204)
    const { body } = await credentials(client)
    await tenant.admin('DELETE', `${path}/${client.clientId}`)
    expect((await get('/api/v1/items', body.access_token)).status).toBe(401)
  })

  it.each([
    {},
    { clientName: 'x' },
    { clientName: 'x', appType: 'native' },
    { clientName: '', appType: 'web' },
    { clientName: 'x', appType: 'web', allowedOrigins: ['https://a.example/'] },
    { clientName: 'x', appType: 'web', allowedScopes: ['everything'] },
    { clientName: 'x', appType: 'web', allowedGrantTypes: ['password'] },
    { clientName: 'x', appType: 'web', allowedAuthMethods: ['tls_client_auth'] },
    { clientName: 'x', appType: 'web', publicKeys: [{ kty: 'oct', k: 'AAAA' }] },
    { clientName: 'x', appType: 'web', redirectUris: 'https://a.example' },
    { clientName: 'x', appType: 'web', jwksUri: 'https://a.example/jwks' },
    { clientName: 'x', appType: 'spa', allowedGrantTypes: ['client_credentials'] },
    { clientName: 'x', appType: 'web', connectionConfig: { consentMethod: 'x' } },
  ])('%j is refused', async (body) => {
    expect((await tenant.admin('POST', path, body)).status).toBe(400)
  })

  it('of the type spa have no secret, and are found by name', async () => {
    const spa = await create({ appType: 'spa', clientName: 'page', allowedGrantTypes: [] })
    expect(spa).not.toHaveProperty('clientSecret')
    await create()
    const filter = encodeURIComponent('clientName eq "PAGE"')
    const found = await tenant.admin('GET', `${path}?filter=${filter}&totalResults=true`)
    expect(await found.json()).toMatchObject({
      data: [{ clientId: spa.clientId }],
      totalResults: 1,
    })
  })
})
