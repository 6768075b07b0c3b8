import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

const users = () => tenant.emulator.state.users().filter((user) => !user.isAdmin)
async function groups(): Promise<unknown[]> {
  const response = await tenant.admin('GET', '/api/v1/groups')
  return ((await response.json()) as { data: unknown[] }).data
}
const createGroups = () =>
  tenant.admin('PATCH', '/api/v1/groups/settings', [
    { op: 'replace', path: '/autoCreateGroups', value: true },
  ])

describe('the user of a token', () => {
  it('is made at the first login and found by subject at the next', async () => {
    await tenant.login({ sub: 'ada', name: 'Ada', email: 'ada@acme.example' })
    const [first] = users()
    expect(first).toMatchObject({ subject: 'ada', name: 'Ada', email: 'ada@acme.example' })
    await tenant.login({ sub: 'ada', name: 'Ada L.', email: 'lovelace@acme.example' })
    expect(users()).toEqual([{ ...first, name: 'Ada L.', email: 'lovelace@acme.example' }])
    await tenant.login({ sub: 'Ada', email: 'other@acme.example' })
    expect(users()).toHaveLength(2)
  })

  it('keeps name and e-mail when the switch says so', async () => {
    tenant.emulator.switches.set({ refreshUserAtLogin: false })
    await tenant.login({ name: 'Ada' })
    await tenant.login({ name: 'Somebody' })
    expect(users()).toMatchObject([{ name: 'Ada' }])
  })

  it('gets no group while groups are not made from tokens', async () => {
    await tenant.login({ groups: ['sales'] })
    expect(users()).toMatchObject([{ groups: [] }])
  })

  it('gets the groups of the token, made at once, when they are', async () => {
    expect((await createGroups()).status).toBe(204)
    await tenant.login({ groups: ['sales', 'editors', 'sales'] })
    expect(users()).toMatchObject([{ groups: ['sales', 'editors'] }])
    expect(await groups()).toMatchObject([
      { name: 'sales', providerType: 'idp', status: 'active' },
      { name: 'editors' },
    ])
    await tenant.login({ groups: ['Sales'] })
    expect(users()).toMatchObject([{ groups: ['Sales'] }])
  })

  it('gets nothing from group, the name that people write by mistake', async () => {
    await createGroups()
    await tenant.login({ group: ['sales'] })
    expect(users()).toMatchObject([{ groups: [] }])
    expect(await groups()).toEqual([])
  })

  it.each([
    ['removes', []],
    ['keeps', ['sales']],
  ] as const)('without groups in the token: the switch %s them', async (setting, groups) => {
    tenant.emulator.switches.set({ missingGroupsClaim: setting })
    await createGroups()
    await tenant.login({ groups: ['sales'] })
    await tenant.login()
    expect(users()).toMatchObject([{ groups }])
  })

  it('may have the e-mail of another user unless the switch forbids it: LOGIN-12', async () => {
    await tenant.login({ sub: 'ada', email: 'one@acme.example' })
    await tenant.login({ sub: 'bob', email: 'one@acme.example' })
    tenant.emulator.switches.set({ refuseSameEmail: true })
    const token = tenant.token({ sub: 'eve', email: 'ONE@acme.example' })
    const refused = await tenant.postToken(token)
    expect(refused.status).toBe(400)
    expect(refused.headers.getSetCookie()).toEqual([])
    expect(await refused.json()).toMatchObject({
      errors: [
        {
          code: 'LOGIN-12',
          title:
            'Multiple active users detected with the same e-mail, please contact your administrator',
        },
      ],
    })
    expect(users().map((user) => user.subject)).toEqual(['ada', 'bob'])
    tenant.emulator.switches.set({ refuseSameEmail: false })
    expect((await tenant.postToken(token)).status).toBe(200)
  })
})

describe('the switches of the log-in', () => {
  it('strictSubType asks for subType', async () => {
    tenant.emulator.switches.set({ strictSubType: true })
    const refused = await tenant.postToken(tenant.token({ subType: undefined }))
    expect(await refused.text()).toContain('Missing required claim: subType')
    expect((await tenant.postToken(tenant.token())).status).toBe(200)
  })

  it('unverifiedEmail refuses email_verified: false', async () => {
    tenant.emulator.switches.set({ unverifiedEmail: 'refused' })
    expect((await tenant.postToken(tenant.token({ email_verified: false }))).status).toBe(400)
  })

  it('the statuses of inferred refusals follow theirs, the documented one does not', async () => {
    tenant.emulator.switches.set({ trustRefusalStatus: 403, claimRefusalStatus: 401 })
    expect((await tenant.postToken('a.b.c')).status).toBe(403)
    expect((await tenant.postToken(tenant.token({ aud: 'x' }))).status).toBe(401)
    expect((await tenant.postToken(tenant.token({ nbf: undefined }))).status).toBe(400)
  })
})
