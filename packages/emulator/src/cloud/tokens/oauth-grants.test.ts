import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket } from '../../http/testing/open-socket.ts'
import { startTenant, type TestTenant } from '../testing/tenant.ts'
import { type Client, idAndSecret, oauthOf } from './oauth.fixture.ts'
import { exchangeGrant, impersonationGrant } from './oauth-client-payload.ts'

const pageOrigin = 'https://page.example'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())
const { create, ask, credentials, get } = oauthOf(() => tenant)

const impersonate = (client: Client, lookup: unknown, changes: object = {}) =>
  ask({
    ...idAndSecret(client),
    grant_type: impersonationGrant,
    scope: 'user_default',
    user_lookup: lookup,
    ...changes,
  })

describe('client credentials', () => {
  it('give a bot of the client a token for six hours', async () => {
    const client = await create()
    const { status, body } = await credentials(client)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 21_600,
      expires_at: expect.stringMatching(/Z$/),
      scope: 'user_default',
    })
    const me = await get('/api/v1/users/me', body.access_token)
    const bot = await get(me.headers.get('location') ?? '', body.access_token)
    expect(await bot.json()).toMatchObject({
      subject: `qlikbot\\${client.clientId}`,
      clientId: client.clientId,
    })
    tenant.emulator.clock.advance(21_600)
    expect((await get('/api/v1/users/me', body.access_token)).status).toBe(401)
  })

  it.each([undefined, 'user_default', 'user_default admin_classic'])(
    'administer with the scope %j, as Qlik’s samples do',
    async (scope) => {
      const { body } = await credentials(await create(), scope === undefined ? {} : { scope })
      const authorization = `Bearer ${body.access_token}`
      const filtered = `/api/v1/users?filter=${encodeURIComponent('status eq "active"')}`
      expect((await get(filtered, body.access_token)).status).toBe(200)
      const settings = await fetch(`${tenant.emulator.url}/api/v1/groups/settings`, {
        method: 'PATCH',
        headers: { authorization },
        body: JSON.stringify([{ op: 'replace', path: '/autoCreateGroups', value: true }]),
      })
      expect(settings.status).toBe(204)
      const me = await get('/api/v1/users/me', body.access_token)
      const bot = await get(me.headers.get('location') ?? '', body.access_token)
      expect(await bot.json()).toMatchObject({ assignedRoles: [{ name: 'TenantAdmin' }] })
    },
  )

  it('administer no more once an administrator has taken the bot’s role', async () => {
    const client = await create()
    const { body } = await credentials(client, { scope: 'user_default admin_classic' })
    const bot = tenant.emulator.state.users().find(({ subject }) => subject.startsWith('qlikbot'))
    const change = [{ op: 'replace', path: '/assignedRoles', value: [] }]
    expect((await tenant.admin('PATCH', `/api/v1/users/${bot?.id}`, change)).status).toBe(204)
    expect((await get('/api/v1/users', body.access_token)).status).toBe(403)
  })

  it('are taken as a form, and by Basic', async () => {
    const client = await create()
    const form = { ...idAndSecret(client), grant_type: 'client_credentials' }
    expect((await ask(new URLSearchParams(form))).status).toBe(200)
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')
    const parameters = new URLSearchParams({ grant_type: 'client_credentials' })
    expect((await ask(parameters, { authorization: `Basic ${basic}` })).status).toBe(200)
  })

  it('are taken by Basic beside the client ID in the body, as @qlik/sdk sends them', async () => {
    const [client, other] = [await create(), await create()]
    const basicOf = (id: string, secret: string) => ({
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    })
    const named = { grant_type: 'client_credentials', client_id: client.clientId }
    for (const body of [named, new URLSearchParams(named)])
      expect((await ask(body, basicOf(client.clientId, client.clientSecret))).status).toBe(200)
    expect((await ask(named, basicOf(client.clientId, 'wrong'))).status).toBe(401)
    expect((await ask(named, basicOf(client.clientId, ''))).status).toBe(401)
    // Another client's credentials prove nothing for the client that the body names.
    expect((await ask(named, basicOf(other.clientId, other.clientSecret))).status).toBe(401)
    expect((await ask(named)).status).toBe(401)
  })

  it('are refused in Qlik’s envelope', async () => {
    const client = await create()
    expect(await credentials(client, { client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { errors: [{ detail: 'Invalid or expired client credentials', status: '401' }] },
    })
    expect((await credentials(client, { client_id: 'none' })).status).toBe(401)
    expect((await credentials(client, { client_id: undefined })).status).toBe(400)
    expect((await credentials(client, { scope: 'apps' })).status).toBe(400)
    expect((await credentials(client, { scope: 1 })).status).toBe(400)
    expect((await credentials(client, { grant_type: 'password' })).status).toBe(400)
    expect((await ask([])).status).toBe(400)
    const other = await create({ allowedGrantTypes: [impersonationGrant] })
    expect((await credentials(other)).status).toBe(401)
    const untrusted = await create({ connectionConfig: { consentMethod: 'required' } })
    expect((await credentials(untrusted)).status).toBe(401)
  })

  it('of a disabled bot are forbidden', async () => {
    const client = await create()
    await credentials(client)
    const bot = tenant.emulator.state.users().find(({ name }) => name === 'backend')
    await tenant.admin('PATCH', `/api/v1/users/${bot?.id}`, [
      { op: 'replace', path: '/status', value: 'disabled' },
    ])
    expect((await credentials(client)).status).toBe(403)
  })
})

describe('impersonation', () => {
  it('is of a user who is there, by subject or by ID', async () => {
    const client = await create()
    await tenant.login()
    const id = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')?.id
    for (const lookup of [
      { field: 'subject', value: 'ada' },
      { field: 'userId', value: id },
    ]) {
      const { body } = await impersonate(client, lookup)
      const me = await get('/api/v1/users/me', body.access_token)
      expect(me.headers.get('location')).toBe(`/api/v1/users/${id}`)
      const headers = { authorization: `Bearer ${body.access_token}` }
      const socket = await openSocket(`${tenant.emulator.url}/app/sales`, headers)
      expect(socket.frames).toEqual([{ opened: 'sales' }])
    }
    const form = {
      ...idAndSecret(client),
      grant_type: impersonationGrant,
      scope: 'user_default',
    }
    for (const lookup of [
      { user_lookup: '{"field":"subject","value":"ada"}' },
      { 'user_lookup[field]': 'subject', 'user_lookup[value]': 'ada' },
    ])
      expect((await ask(new URLSearchParams({ ...form, ...lookup }))).status).toBe(200)
  })

  it('makes nobody, asks for its scope, and works before the first log-in', async () => {
    const client = await create()
    const ada = { field: 'subject', value: 'ada' }
    expect((await impersonate(client, ada)).status).toBe(401)
    expect(tenant.emulator.state.users()).toHaveLength(1)
    await tenant.admin('POST', '/api/v1/users', { subject: 'ada' })
    expect((await impersonate(client, ada)).status).toBe(200)
    expect((await impersonate(client, ada, { scope: 'admin_classic' })).status).toBe(401)
    for (const wrong of [undefined, {}, { field: 'email', value: 'x' }, { field: 'subject' }])
      expect((await impersonate(client, wrong)).status).toBe(400)
  })

  it('of an ordinary user administers nothing, whatever the scope', async () => {
    const client = await create()
    await tenant.login()
    const lookup = { field: 'subject', value: 'ada' }
    const { body } = await impersonate(client, lookup, { scope: 'user_default admin_classic' })
    expect((await get('/api/v1/users', body.access_token)).status).toBe(403)
  })
})

describe('a token for a web socket', () => {
  const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
  const exchange = (client: Client, token: string, changes: object = {}) =>
    ask({
      client_id: client.clientId,
      client_secret: client.clientSecret,
      grant_type: exchangeGrant,
      subject_token: token,
      subject_token_type: accessTokenType,
      purpose: 'websocket',
      ...changes,
    })

  it('stands in its address, and is good for nothing else', async () => {
    const client = await create({ allowedOrigins: [pageOrigin] })
    const { body } = await credentials(client)
    const answer = await exchange(client, body.access_token)
    expect(answer.body).toMatchObject({ issued_token_type: accessTokenType })
    const token = answer.body.access_token
    const url = `${tenant.emulator.url}/app/sales?accessToken=${token}`
    expect((await openSocket(url)).frames).toEqual([{ opened: 'sales' }])
    expect((await openSocket(url, { origin: pageOrigin })).frames).toHaveLength(1)
    expect((await openSocket(url, { origin: 'https://other.example' })).status).toBe(401)
    expect((await get('/api/v1/items', token)).status).toBe(401)
    const asAccess = `${tenant.emulator.url}/app/sales?accessToken=${body.access_token}`
    expect((await openSocket(asAccess)).status).toBe(401)
    tenant.emulator.clock.advance(60)
    expect((await openSocket(url)).status).toBe(401)
  })

  it.each(['web', 'spa'])('comes to a page of a %s client without a secret', async (appType) => {
    // As @qlik/api in a browser asks: the access token is the proof.
    const backend = await create({ allowedOrigins: [pageOrigin] })
    const spa = { appType, allowedGrantTypes: [], allowedOrigins: [pageOrigin] }
    const client = appType === 'web' ? backend : await create(spa)
    const { body } = await credentials(backend)
    const asked = {
      client_id: client.clientId,
      grant_type: exchangeGrant,
      subject_token: body.access_token,
      subject_token_type: accessTokenType,
      purpose: 'websocket',
      redirect_uri: `${pageOrigin}/`,
    }
    const own = appType === 'web'
    expect((await ask(asked, { origin: pageOrigin })).status).toBe(own ? 200 : 401)
    expect((await ask(new URLSearchParams(asked))).status).toBe(own ? 200 : 401)
    const forged = `${body.access_token.slice(0, -4)}AAAA`
    expect((await ask({ ...asked, subject_token: forged })).status).toBe(401)
    expect((await ask({ ...asked, client_secret: 'wrong' })).status).toBe(401)
    tenant.emulator.clock.advance(21_600)
    expect((await ask(asked)).status).toBe(401)
  })

  it('is the only one that comes without a secret', async () => {
    const client = await create()
    const { client_id } = idAndSecret(client)
    expect((await ask({ client_id, grant_type: 'client_credentials' })).status).toBe(401)
    const lookup = { user_lookup: { field: 'subject', value: 'ada' }, scope: 'user_default' }
    expect((await ask({ client_id, grant_type: impersonationGrant, ...lookup })).status).toBe(401)
  })

  it('is refused for a wrong token, type or purpose, and for another client', async () => {
    const client = await create()
    const { body } = await credentials(client)
    expect((await exchange(client, 'wrong')).status).toBe(401)
    expect((await exchange(await create(), body.access_token)).status).toBe(401)
    expect((await exchange(client, body.access_token, { purpose: 'x' })).status).toBe(400)
    const wrongType = { subject_token_type: 'x' }
    expect((await exchange(client, body.access_token, wrongType)).status).toBe(400)
  })
})

describe('a page of a client', () => {
  it('asks with its token from the origins of the client alone', async () => {
    const client = await create({ allowedOrigins: [pageOrigin] })
    const { body } = await credentials(client)
    const ask = (origin: string) =>
      tenant.send('GET', '/api/v1/items', { authorization: `Bearer ${body.access_token}`, origin })
    const answer = await ask(pageOrigin)
    expect(answer.headers.get('access-control-allow-origin')).toBe(pageOrigin)
    expect((await ask('https://other.example')).status).toBe(401)
    const preflight = await fetch(`${tenant.emulator.url}/api/v1/items`, {
      method: 'OPTIONS',
      headers: { origin: pageOrigin, 'access-control-request-method': 'GET' },
    })
    expect(preflight.status).toBe(204)
  })
})

it('a revoked token does not count, and revoking twice is not an error', async () => {
  const { body } = await credentials(await create())
  const revoke = async (token: unknown) =>
    (
      await fetch(`${tenant.emulator.url}/oauth/revoke`, {
        method: 'POST',
        body: JSON.stringify({ token }),
      })
    ).status
  expect(await revoke(body.access_token)).toBe(200)
  expect((await get('/api/v1/items', body.access_token)).status).toBe(401)
  expect(await revoke(body.access_token)).toBe(200)
  expect(await revoke(undefined)).toBe(400)
})

it('the server says what it has', async () => {
  const answer = await tenant.send('GET', '/.well-known/oauth-authorization-server')
  expect(await answer.json()).toMatchObject({
    issuer: tenant.emulator.url,
    token_endpoint: `${tenant.emulator.url}/oauth/token`,
    grant_types_supported: ['client_credentials', impersonationGrant, exchangeGrant],
  })
})
