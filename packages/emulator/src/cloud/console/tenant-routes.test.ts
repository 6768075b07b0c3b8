import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

const control = (method: string, path: string, body?: unknown) =>
  tenant.admin(method, `/_emulator/api/cloud${path}`, body)

async function read(path: string): Promise<Record<string, unknown>> {
  return (await (await control('GET', path)).json()) as Record<string, unknown>
}

describe('the identity provider’s form', () => {
  const save = async (form: unknown) => {
    const answer = await control('POST', '/identity-providers', form)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  it('refuses a certificate with line breaks in the documented words', async () => {
    for (const certificate of [
      tenant.key.certificatePem,
      `${tenant.key.certificateLine}\n`,
      `${tenant.key.certificateLine} `,
    ]) {
      const { status, body } = await save({ certificate })
      expect(status).toBe(400)
      expect(body).toMatchObject({
        field: 'certificate',
        error:
          'A public key certificate with trailing spaces, carriage returns, or line feeds triggers an error upon saving the configuration.',
        hint: expect.stringMatching(/single line.*switch pemLineBreaks/s),
      })
    }
  })

  it('takes line breaks when the switch says so', async () => {
    tenant.emulator.switches.set({ pemLineBreaks: 'accepted' })
    const { status } = await save({ certificate: tenant.key.certificatePem, issuer: 'breaks' })
    tenant.emulator.switches.set({ pemLineBreaks: 'refused' })
    expect(status).toBe(201)
  })

  it('makes issuer and key ID up when they are left empty', async () => {
    const before = tenant.emulator.state.identityProviders().length
    const { status, body } = await save({ certificate: tenant.key.certificateLine })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      generated: ['issuer', 'keyId'],
      resource: {
        options: {
          issuer: expect.stringMatching(/^[0-9a-f]{32}$/),
          staticKeys: [{ kid: expect.stringMatching(/^[0-9a-f]{32}$/) }],
        },
      },
    })
    expect(tenant.emulator.state.identityProviders()).toHaveLength(before + 1)
  })

  it('keeps what was given, and its certificate is trusted at once', async () => {
    const certificate = tenant.key.certificateLine
    const form = { certificate, issuer: 'second', keyId: 'k2', clockToleranceSec: 7 }
    const { body } = await save(form)
    expect(body).toMatchObject({ generated: [], resource: { clockToleranceSec: 7 } })
    const answer = await tenant.postToken(tenant.token({ iss: 'second' }, { kid: 'k2' }))
    expect(answer.status).toBe(200)
    await answer.text()
  })

  it.each([
    [{}, 'certificate', 'The certificate is missing'],
    [{ certificate: 'abc' }, 'certificate', 'pem is not in PEM form'],
    [{ issuer: 'acme.example', keyId: 'acme-1' }, 'issuer', 'exists'],
    [{ clockToleranceSec: -1 }, 'clockToleranceSec', 'clockToleranceSec must be'],
  ])('names the field that is wrong: %j', async (form, field, error) => {
    const certificate = Object.keys(form).length > 0 ? tenant.key.certificateLine : ''
    const { status, body } = await save({ certificate, ...form })
    expect(status).toBe(400)
    expect(body).toMatchObject({ field, error: expect.stringContaining(error) })
  })

  it('takes a provider away', async () => {
    const { body } = await save({ certificate: tenant.key.certificateLine })
    const { id } = body.resource as { id: string }
    expect((await control('DELETE', `/identity-providers/${id}`)).status).toBe(204)
    const again = await control('DELETE', `/identity-providers/${id}`)
    expect(again.status).toBe(404)
    await again.text()
  })
})

describe('the web integration’s form', () => {
  it.each([
    ['http://localhost:3000/', 'write http://localhost:3000, without path or trailing slash'],
    ['https://www.example.com/app', 'write https://www.example.com, without path'],
    ['https://*.example.com', 'wildcard'],
    ['www.example.com', 'not an origin'],
  ])('refuses the origin %s with words', async (origin, words) => {
    const before = tenant.emulator.state.webIntegrations()
    const form = { name: 'x', validOrigins: ['http://localhost:1', origin] }
    const answer = await control('POST', '/web-integrations', form)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      field: 'validOrigins',
      error: expect.stringContaining(words),
    })
    expect(tenant.emulator.state.webIntegrations()).toEqual(before)
  })

  it('asks for a name, saves what is right by the tenant’s own REST, and takes it away again', async () => {
    const validOrigins = ['http://localhost:3100']
    const nameless = await control('POST', '/web-integrations', { name: '', validOrigins })
    expect(await nameless.json()).toMatchObject({ field: 'name' })
    const saved = await control('POST', '/web-integrations', { name: 'shop', validOrigins })
    const { resource } = (await saved.json()) as { resource: { id: string } }
    expect(tenant.emulator.state.webIntegrations()).toContainEqual({
      id: resource.id,
      name: 'shop',
      validOrigins,
    })
    expect((await control('DELETE', `/web-integrations/${resource.id}`)).status).toBe(204)
    expect(tenant.emulator.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      path: expect.stringContaining('/api/v1/web-integrations/'),
      caller: 'administrator',
      status: 204,
    })
  })
})

describe('what the console looks at', () => {
  it('is users, groups and sessions, without a secret', async () => {
    const turned = await control('PATCH', '/settings', { autoCreateGroups: true })
    expect(await turned.json()).toEqual({ autoCreateGroups: true })
    const { cookie, csrfToken } = await tenant.login({ groups: ['sales'] })
    const seen = await read('/tenant')
    expect(seen).toMatchObject({
      autoCreateGroups: true,
      users: expect.arrayContaining([
        expect.objectContaining({ subject: 'ada', groups: ['sales'], isAdmin: false }),
      ]),
      groups: [{ name: 'sales', users: 1 }],
    })
    const text = JSON.stringify(seen)
    const value = /eas\.sid=([^;]+)/.exec(cookie)?.[1] ?? 'no cookie'
    for (const secret of [value, csrfToken, tenant.emulator.adminKey])
      expect(text).not.toContain(secret)
  })

  it('can end sessions, one or all of a user', async () => {
    const { cookie } = await tenant.login()
    const sessions = tenant.emulator.state.sessions()
    const last = sessions.at(-1)
    expect((await control('DELETE', `/sessions/${last?.id}`)).status).toBe(204)
    const me = await tenant.send('GET', '/api/v1/users/me', { cookie })
    expect(me.status).toBe(401)
    await me.text()
    const ended = await control('DELETE', `/users/${last?.userId}/sessions`)
    expect(await ended.json()).toEqual({ ended: sessions.length - 1 })
    expect(tenant.emulator.state.sessions()).toEqual([])
    const again = await control('DELETE', `/sessions/${last?.id}`)
    expect(again.status).toBe(404)
    await again.text()
  })
})

describe('the state of the tenant', () => {
  const withoutKey = (method: string) =>
    fetch(`${tenant.emulator.url}/_emulator/api/cloud/state`, { method })

  it('is given to whoever has the key, and put in the place of another', async () => {
    const exported = await control('GET', '/state')
    const text = await exported.text()
    expect(JSON.parse(text)).toEqual(tenant.emulator.state.export())
    const other = await startTenant()
    try {
      const put = await other.admin('PUT', '/_emulator/api/cloud/state', JSON.parse(text))
      expect(put.status).toBe(204)
      expect(other.emulator.state.export()).toEqual(tenant.emulator.state.export())
    } finally {
      await other.close()
    }
  })

  it.each(['GET', 'PUT'])('is not for others: %s', async (method) => {
    const answer = await withoutKey(method)
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain('users')
  })

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'not JSON'],
    ['another object', { users: [] }, 400, 'it is not a tenant’s state'],
    ['more than it may have', 'x'.repeat(8 * 1024 * 1024 + 1), 413, '8388608 bytes'],
  ])('is refused with the reason, and nothing changes: %s', async (_, body, status, words) => {
    const before = tenant.emulator.state.export()
    const answer = await fetch(`${tenant.emulator.url}/_emulator/api/cloud/state`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tenant.emulator.adminKey}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: expect.stringContaining(words) })
    expect(tenant.emulator.state.export()).toEqual(before)
  })
})
