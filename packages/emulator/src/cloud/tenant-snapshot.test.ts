import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmulator } from '../start/emulator.ts'
import { startTenant, type TestTenant } from './testing/tenant.ts'

let tenant: TestTenant
let other: TestTenant
beforeEach(async () => {
  tenant = await startTenant({ clockToleranceSec: 7 })
  other = await startTenant()
})
afterEach(async () => {
  await tenant.close()
  await other.close()
})

/** Sets up one of everything. */
async function setUp(): Promise<{ spaceId: string }> {
  const turnOn = [{ op: 'replace', path: '/autoCreateGroups', value: true }]
  await tenant.admin('PATCH', '/api/v1/groups/settings', turnOn)
  await tenant.admin('POST', '/api/v1/csp-origins', { origin: 'a.example', frameAncestors: true })
  const space = await tenant.admin('POST', '/api/v1/spaces', { name: 'Sales', type: 'shared' })
  const { id: spaceId } = (await space.json()) as { id: string }
  await tenant.admin('PUT', '/api/v1/apps/secret/space', { spaceId })
  const licence = { add: [{ subject: 'ada', type: 'analyzer' }] }
  await tenant.admin('POST', '/api/v1/licenses/assignments/actions/add', licence)
  await tenant.login({ groups: ['sales'] })
  const [group] = (
    (await (await tenant.admin('GET', '/api/v1/groups')).json()) as { data: { id: string }[] }
  ).data
  const assignment = { type: 'group', assigneeId: group?.id, roles: ['consumer'] }
  const assigned = await tenant.admin('POST', `/api/v1/spaces/${spaceId}/assignments`, assignment)
  expect(assigned.status).toBe(201)
  return { spaceId }
}

describe('the state of a tenant', () => {
  it('is exported as JSON and imported elsewhere, the whole set-up with it', async () => {
    const { spaceId } = await setUp()
    const snapshot = JSON.parse(JSON.stringify(tenant.emulator.state.export()))
    other.emulator.state.import(snapshot)
    expect(other.emulator.state.export()).toEqual(snapshot)
    expect(other.emulator.state.users()).toEqual(tenant.emulator.state.users())
    expect(other.emulator.state.webIntegrations()).toEqual(tenant.emulator.state.webIntegrations())
    const space = await other.admin('GET', `/api/v1/spaces/${spaceId}`)
    expect(await space.json()).toMatchObject({ name: 'Sales' })
    // The trust works, not only its list: a token of the first tenant's issuer opens a session.
    expect((await other.postToken(tenant.token({ groups: ['sales'] }))).status).toBe(200)
    const frame = await other.send('GET', '/single/?appid=sales')
    expect(frame.headers.get('content-security-policy')).toContain('a.example')
  })

  it('holds no session and no secret', async () => {
    await setUp()
    const { cookie, csrfToken } = await tenant.login()
    const client = { appType: 'web', clientName: 'backend' }
    const made = await tenant.admin('POST', '/api/v1/oauth-clients', client)
    const { clientSecret } = (await made.json()) as { clientSecret: string }
    const text = JSON.stringify(tenant.emulator.state.export())
    const sid = /eas\.sid=([^;]+)/.exec(cookie)?.[1] ?? 'no cookie'
    for (const secret of [sid, csrfToken, clientSecret, tenant.emulator.adminKey])
      expect(text).not.toContain(secret)
  })

  it('is a copy: a change of the tenant does not change it, nor the other way round', async () => {
    const snapshot = tenant.emulator.state.export()
    const before = JSON.stringify(snapshot)
    await setUp()
    expect(JSON.stringify(snapshot)).toBe(before)
    other.emulator.state.import(snapshot)
    await other.admin('POST', '/api/v1/users', { subject: 'bob' })
    expect(JSON.stringify(snapshot)).toBe(before)
  })

  it('ends the sessions of the state that it replaces', async () => {
    const { cookie } = await other.login()
    other.emulator.state.import(tenant.emulator.state.export())
    expect((await other.send('GET', '/api/v1/users/me', { cookie })).status).toBe(401)
  })

  it('is what a tenant starts with where it is given, and what a reset leads back to', async () => {
    const state = tenant.emulator.state.export()
    const started = await createEmulator({ apps: [], state })
    try {
      expect(started.state.export()).toEqual(state)
      started.state.import({ ...state, webIntegrations: [] })
      started.reset()
      expect(started.state.export()).toEqual(state)
    } finally {
      await started.close()
    }
    const wrong = createEmulator({ apps: [], state: {} })
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_EMULATOR_STATE' })
  })

  it.each<[string, (snapshot: Record<string, unknown>) => unknown, string]>([
    ['nothing', () => undefined, 'not a tenant’s state'],
    ['another object', () => ({ users: [] }), 'not a tenant’s state'],
    ['another version', (one) => ({ ...one, version: 2 }), 'version'],
    ['no users', (one) => ({ ...one, users: undefined }), 'users is not a list'],
    ['no administrator', (one) => ({ ...one, users: [] }), 'administrator'],
    ['a user who is none', (one) => ({ ...one, users: [1] }), 'users[0] is not an object'],
    [
      'a user without subject',
      (one) => ({ ...one, users: [{ ...Object((one.users as unknown[])[0]), subject: 1 }] }),
      'users[0].subject is not a string',
    ],
    [
      'a user with another member',
      (one) => ({ ...one, users: [{ ...Object((one.users as unknown[])[0]), x: 1 }] }),
      'users[0] has the unknown member x',
    ],
    [
      'a user with a member that every object has',
      (one) => ({
        ...one,
        users: [{ ...Object((one.users as unknown[])[0]), constructor: 1 }],
      }),
      'users[0] has the unknown member constructor',
    ],
    [
      'more providers than may be',
      (one) => ({
        ...one,
        identityProviders: Array.from({ length: 1001 }, (_, index) => ({
          ...Object((one.identityProviders as unknown[])[0]),
          id: String(index),
        })),
      }),
      'more than 1000 entries',
    ],
    [
      'the same user twice',
      (one) => ({ ...one, users: [...(one.users as unknown[]), (one.users as unknown[])[0]] }),
      'twice',
    ],
    [
      'a broken certificate',
      (one) => ({
        ...one,
        identityProviders: [{ ...Object((one.identityProviders as unknown[])[0]), pem: 'MII' }],
      }),
      'PEM',
    ],
    [
      'settings of a wrong kind',
      (one) => ({ ...one, settings: { autoCreateGroups: 1 } }),
      'settings',
    ],
  ])('with %s is refused, and nothing changes', (_, change, problem) => {
    const before = JSON.stringify(other.emulator.state.export())
    const snapshot = tenant.emulator.state.export()
    expect(() => other.emulator.state.import(change({ ...snapshot }))).toThrow(
      expect.objectContaining({
        code: 'ERR_EMULATOR_STATE',
        message: expect.stringContaining(problem),
      }),
    )
    expect(JSON.stringify(other.emulator.state.export())).toBe(before)
  })
})
