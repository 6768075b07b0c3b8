// What an administrator changes by hand at a tenant is found, and mended or refused; what is not this setup’s is never
// touched.
import { cloud } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { applyPlan, hasChanges, type Plan, provisionCloud, readPlan } from 'jotgate/provision'
import { createAdministration } from 'jotgate/qlik'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { beforeAll, describe, expect, it } from 'vitest'

let certificate: string
beforeAll(async () => {
  certificate = (await createKeyPair({ bits: 2048 })).certificatePem
})

const mark = '[jotgate 5f2c90ab]'
const others = '[jotgate deadbeef]'
const origin = 'https://www.acme.example'

type Item = Record<string, unknown> & { id: string }

/** The tenant’s own API, as its administrator calls it. */
function asAdmin({ url, adminKey }: Emulator) {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(`/api/v1/${path}`, url), {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect(answer.ok, text).toBe(true)
    return text === '' ? {} : JSON.parse(text)
  }
  const list = async (path: string): Promise<Item[]> => (await call('GET', path)).data
  const named = async (path: string, text: string) => {
    const found = (await list(path)).find((one) => JSON.stringify(one).includes(text))
    if (found === undefined) throw new Error(`There is no ${text} in ${path}`)
    return found
  }
  return {
    call,
    list,
    patch: async (path: string, field: string, value: unknown) =>
      call('PATCH', `${path}/${(await named(path, mark)).id}`, [
        { op: 'replace', path: `/${field}`, value },
      ]),
    put: async (path: string, more: object) => {
      const { id, createdDate: _, modifiedDate: __, ...found } = await named(path, mark)
      return call('PUT', `${path}/${id}`, { ...found, ...more })
    },
    remove: async (path: string) => call('DELETE', `${path}/${(await named(path, mark)).id}`),
  }
}
type Admin = ReturnType<typeof asAdmin>

const providers = 'identity-providers'
const integrations = 'web-integrations'
const policy = 'csp-origins'

/** What was done by hand, and what a plan makes of it: action and kind. */
const drifts: readonly (readonly [string, (admin: Admin) => Promise<unknown>, string[]])[] = [
  [
    'the description of the identity provider',
    (a) => a.patch(providers, 'description', `x ${mark}`),
    ['update identity provider'],
  ],
  [
    'the mark of the identity provider is gone',
    (a) => a.patch(providers, 'description', 'x'),
    ['conflict identity provider'],
  ],
  [
    'the mark of the identity provider is another’s',
    (a) => a.patch(providers, 'description', others),
    ['conflict identity provider'],
  ],
  ['the identity provider is gone', (a) => a.remove(providers), ['create identity provider']],
  ['the web integration is gone', (a) => a.remove(integrations), ['create web integration']],
  [
    'the name of the web integration',
    (a) => a.patch(integrations, 'name', `x ${mark}`),
    ['update web integration'],
  ],
  [
    'the mark of the web integration is gone',
    (a) => a.patch(integrations, 'name', 'acme.example'),
    ['conflict web integration'],
  ],
  [
    'the mark of the web integration is another’s',
    (a) => a.patch(integrations, 'name', `acme.example ${others}`),
    ['conflict web integration'],
  ],
  [
    'one origin more',
    (a) => a.patch(integrations, 'validOrigins', [origin, 'https://b.example']),
    ['update web integration'],
  ],
  [
    'another origin',
    (a) => a.patch(integrations, 'validOrigins', ['https://b.example']),
    ['update web integration'],
  ],
  [
    'another port',
    (a) => a.patch(integrations, 'validOrigins', [`${origin}:8443`]),
    ['update web integration'],
  ],
  ['the CSP entry is gone', (a) => a.remove(policy), ['create CSP entry']],
  [
    'the CSP entry frames nothing',
    (a) => a.put(policy, { frameAncestors: false, imgSrc: true }),
    ['update CSP entry'],
  ],
  ['the name of the CSP entry', (a) => a.put(policy, { name: `x ${mark}` }), ['update CSP entry']],
  [
    'the mark of the CSP entry is gone',
    (a) => a.put(policy, { name: 'x' }),
    ['conflict CSP entry'],
  ],
  [
    'the mark of the CSP entry is another’s',
    (a) => a.put(policy, { name: others }),
    ['conflict CSP entry'],
  ],
  [
    'groups are off',
    (a) =>
      a.call('PATCH', 'groups/settings', [
        { op: 'replace', path: '/autoCreateGroups', value: false },
      ]),
    ['update group settings'],
  ],
  [
    'a CSP entry more, with the mark',
    (a) =>
      a.call('POST', policy, {
        name: `more ${mark}`,
        origin: 'more.example',
        frameAncestors: true,
      }),
    ['delete CSP entry'],
  ],
  [
    'a web integration more, with the mark',
    (a) => a.call('POST', integrations, { name: `more ${mark}`, validOrigins: [origin] }),
    ['delete web integration'],
  ],
  [
    'all is gone',
    async (a) => {
      for (const path of [providers, integrations, policy]) await a.remove(path)
    },
    ['create identity provider', 'create web integration', 'create CSP entry'],
  ],
]

async function withSetUpTenant(
  run: (
    admin: Admin,
    read: (adopt?: boolean) => Promise<Plan>,
    apply: (plan: Plan) => Promise<unknown>,
  ) => Promise<void>,
) {
  const emulator = await createEmulator()
  try {
    const admin = asAdmin(emulator)
    await admin.call('POST', integrations, {
      name: 'Theirs',
      validOrigins: ['https://theirs.example'],
    })
    await admin.call('POST', policy, { name: 'Theirs', origin: 'theirs.example', imgSrc: true })
    const deployment = cloud({ url: emulator.url, issuer: 'acme.example' })
    const administration = createAdministration({ deployment, apiKey: emulator.adminKey })
    const setup = { id: '5f2c90ab', origins: [origin] }
    const provision = () =>
      provisionCloud({ deployment, kid: 'acme-1', certificate, setup, administration })
    const read = async (adopt = false) => readPlan({ provisioning: await provision(), adopt })
    const apply = async (plan: Plan) =>
      applyPlan({ provisioning: await provision(), plan, allowDelete: true })
    await apply(await read())
    await run(admin, read, apply)
  } finally {
    await emulator.close()
  }
}

const whole = async (admin: Admin) =>
  Promise.all([providers, integrations, policy].map((path) => admin.list(path)))

const theirs = async (admin: Admin) =>
  (await whole(admin)).flat().filter((one) => one.name === 'Theirs')

describe('a change by hand', () => {
  it('has twenty forms here', () => expect(drifts).toHaveLength(20))

  it.each(drifts)('is found, and mended or refused: %s', async (_, drift, expected) => {
    await withSetUpTenant(async (admin, read, apply) => {
      expect(hasChanges(await read())).toBe(false)
      await drift(admin)
      const before = await whole(admin)
      const foreign = await theirs(admin)
      expect(foreign).toHaveLength(2)
      const plan = await read()
      const steps = plan.steps.filter(({ action }) => action !== 'none')
      expect(steps.map(({ action, kind }) => `${action} ${kind}`)).toEqual(expected)
      if (steps.some(({ action }) => action === 'conflict')) {
        await expect(apply(plan)).rejects.toMatchObject({ code: 'ERR_PROVISION_CONFLICT' })
        expect(await whole(admin)).toEqual(before)
      } else {
        await apply(plan)
        expect(hasChanges(await read())).toBe(false)
      }
      expect(await theirs(admin)).toEqual(foreign)
    })
  })
})
