import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket } from '../../http/testing/open-socket.ts'
import { startTenant, type TestTenant, testOrigin } from '../testing/tenant.ts'

const path = '/api/v1/api-keys'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

interface Key {
  id: string
  token: string
  status: string
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Creates a key as a user with a session. */
async function create(body: object = {}): Promise<{ status: number; key: Key }> {
  const { cookie, csrfToken } = await tenant.login()
  const response = await fetch(tenant.emulator.url + path, {
    method: 'POST',
    headers: { cookie, 'qlik-csrf-token': csrfToken },
    body: JSON.stringify({ description: 'a job', ...body }),
  })
  return { status: response.status, key: (await response.json()) as Key }
}

const statusOf = async (token: string) =>
  (await tenant.send('GET', '/api/v1/items', bearer(token))).status

describe('an API key', () => {
  it('acts as its user by REST and engine, without CSRF token', async () => {
    const { status, key } = await create()
    expect(status).toBe(201)
    const me = await tenant.send('GET', '/api/v1/users/me', bearer(key.token))
    const user = await tenant.send('GET', me.headers.get('location') ?? '', bearer(key.token))
    expect(await user.json()).toMatchObject({ subject: 'ada' })
    expect((await tenant.send('GET', '/api/v1/users', bearer(key.token))).status).toBe(403)
    const deleted = await tenant.send('DELETE', `${path}/none`, bearer(key.token))
    expect(deleted.status).toBe(404)
    const socket = await openSocket(`${tenant.emulator.url}/app/sales`, bearer(key.token))
    expect(socket.frames).toEqual([{ opened: 'sales' }])
    expect(tenant.emulator.requests.at(-1)).toMatchObject({ caller: 'bearer' })
    const csrf = await tenant.send('GET', '/api/v1/csrf-token', bearer(key.token))
    expect(csrf.status).toBe(400)
    await csrf.text()
  })

  it('shows its token once, as a JWT that says whose it is', async () => {
    const { key } = await create()
    const payload = Buffer.from(key.token.split('.')[1] ?? '', 'base64url').toString()
    expect(JSON.parse(payload)).toMatchObject({ subType: 'user', aud: 'qlik.api', jti: key.id })
    const again = await tenant.admin('GET', `${path}/${key.id}`)
    expect(await again.json()).not.toHaveProperty('token')
  })

  it('ends with its time, its deletion and its user', async () => {
    const { key } = await create({ expiry: 'PT1H' })
    expect(await statusOf(key.token)).toBe(200)
    tenant.emulator.clock.advance(3600)
    expect(await statusOf(key.token)).toBe(401)
    expect(await (await tenant.admin('GET', `${path}/${key.id}`)).json()).toMatchObject({
      status: 'expired',
    })
    const second = (await create()).key
    await tenant.admin('DELETE', `${path}/${second.id}`)
    expect(await statusOf(second.token)).toBe(401)
    const third = (await create()).key
    const id = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')?.id
    await tenant.admin('DELETE', `/api/v1/users/${id}`)
    expect(await statusOf(third.token)).toBe(401)
  })

  it('does not count when one letter of it differs', async () => {
    const { key } = await create()
    expect(await statusOf(`${key.token.slice(0, -1)}!`)).toBe(401)
    expect(await statusOf(key.token.slice(0, -1))).toBe(401)
  })

  it('is refused where it cannot be', async () => {
    for (const wrong of [
      { description: '' },
      { expiry: 'tomorrow' },
      { expiry: 'P2D' },
      { expiry: 'PT0S' },
      { sub: 'nobody' },
      { subType: 'externalClient' },
    ])
      expect((await create(wrong)).status).toBe(400)
    const me = (await tenant.admin('GET', '/api/v1/users/me')).headers.get('location') ?? ''
    const administrator = me.slice('/api/v1/users/'.length)
    expect((await create({ sub: administrator })).status).toBe(403)
  })

  it('comes five times for a user, or as often as the tenant says', async () => {
    for (let number = 0; number < 5; number += 1) expect((await create()).status).toBe(201)
    expect((await create()).status).toBe(403)
    const tenantId = (
      (await (await tenant.admin('GET', path)).json()) as {
        data: { tenantId: string }[]
      }
    ).data[0]?.tenantId
    const config = `${path}/configs/${tenantId}`
    expect(await (await tenant.admin('GET', config)).json()).toMatchObject({
      max_keys_per_user: 5,
      max_api_key_expiry: 'PT24H',
    })
    const patch = (name: string, value: unknown) =>
      tenant.admin('PATCH', config, [{ op: 'replace', path: `/${name}`, value }])
    expect((await patch('max_keys_per_user', 6)).status).toBe(204)
    expect((await patch('max_api_key_expiry', 'P9D')).status).toBe(204)
    expect((await create({ expiry: 'P2D' })).status).toBe(201)
    for (const wrong of [-1, 1001, 'x'])
      expect((await patch('max_keys_per_user', wrong)).status).toBe(400)
    expect((await tenant.admin('GET', `${path}/configs/other`)).status).toBe(404)
  })

  it('is listed for its user and the administrator, page by page, and renamed', async () => {
    const { key } = await create()
    await create()
    await tenant.admin('POST', path, { description: 'the administrator’s' })
    const own = await tenant.send('GET', path, bearer(key.token))
    expect(((await own.json()) as { data: Key[] }).data).toHaveLength(2)
    const all = await tenant.admin('GET', `${path}?limit=2&sort=-created`)
    expect(await all.json()).toMatchObject({
      data: [{}, {}],
      links: { next: { href: expect.stringContaining('startingAfter=') } },
    })
    const renamed = await tenant.admin('PATCH', `${path}/${key.id}`, [
      { op: 'replace', path: '/description', value: 'another' },
    ])
    expect(renamed.status).toBe(204)
    const found = await tenant.admin('GET', `${path}/${key.id}`)
    expect(await found.json()).toMatchObject({ description: 'another' })
    const foreign = (await (await tenant.admin('GET', `${path}?sort=description`)).json()) as {
      data: Key[]
    }
    const administrators = foreign.data.find(({ id }) => id !== key.id)
    expect(administrators).toBeDefined()
  })

  it('asks from a page whose origin is listed somewhere', async () => {
    const { key } = await create()
    const ask = (origin: string) =>
      tenant.send('GET', '/api/v1/items', { ...bearer(key.token), origin })
    expect((await ask(testOrigin)).headers.get('access-control-allow-origin')).toBe(testOrigin)
    expect((await ask('https://elsewhere.example')).status).toBe(401)
  })
})
