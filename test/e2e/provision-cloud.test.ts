// A Qlik Cloud tenant is set up from outside, and drifts are found and mended.

import { type CloudDeployment, cloud, createSigner, type SigningKey } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import {
  applyPlan,
  type CloudSetup,
  machineAccess,
  type Plan,
  type ProvisionCloudOptions,
  type Provisioning,
  provisionCloud,
  readPlan,
} from 'jotgate/provision'
import {
  type Administration,
  createAdministration,
  getCurrentUser,
  openSession,
} from 'jotgate/qlik'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const id = '5f2c90ab'
const origin = 'https://www.acme.example'
const direct: CloudSetup = { id, origins: [origin] }

let pair: Awaited<ReturnType<typeof createKeyPair>>
let key: SigningKey
let emulator: Emulator
let deployment: CloudDeployment
let administration: Administration

beforeAll(async () => {
  pair = await createKeyPair()
  key = await readSigningKey({ pem: pair.privateKeyPem, kid: 'acme-1' })
})

beforeEach(async () => {
  emulator = await createEmulator()
  deployment = cloud({ url: emulator.url, issuer: 'acme.example' })
  administration = createAdministration({ deployment, apiKey: emulator.adminKey })
})
afterEach(() => emulator.close())

const provision = (setup = direct, more: Partial<ProvisionCloudOptions> = {}) =>
  provisionCloud({
    deployment,
    kid: key.kid,
    certificate: pair.certificatePem,
    setup,
    administration,
    ...more,
  })

async function plan(
  provisioning: Provisioning,
  how: { adopt?: boolean; removesAll?: boolean } = {},
) {
  const { steps } = await readPlan({ provisioning, ...how })
  return steps.filter(({ action }) => action !== 'none')
}

const doneBy = (steps: Plan['steps']) => steps.map(({ action, kind, key }) => [action, kind, key])

const carryOut = (provisioning: Provisioning, steps: Plan['steps']) =>
  applyPlan({ provisioning, plan: { steps, notChecked: [] }, allowDelete: true })

async function apply(setup = direct, more: Partial<ProvisionCloudOptions> = {}) {
  const provisioning = await provision(setup, more)
  await carryOut(provisioning, await plan(provisioning))
  return provisioning
}

async function logIn() {
  const signer = createSigner({ deployment, key })
  const user = { subject: '42', name: 'Ada', email: 'ada@acme.example', groups: ['sales'] }
  const { token } = await signer.sign({ ...user, emailVerified: true })
  return getCurrentUser({ session: await openSession({ deployment, token }) })
}

const admin = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(new URL(path, emulator.url), {
    method,
    headers: { authorization: `Bearer ${emulator.adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return (await answer.json()) as { id: string }
}

describe('an empty tenant', () => {
  it('is set up for pages that open Qlik: a token works, and a second plan is empty', async () => {
    await expect(logIn()).rejects.toMatchObject({ code: 'ERR_QLIK_LOGIN_REFUSED' })
    const provisioning = await provision()
    expect(await provisioning.missingRights()).toEqual([])
    const first = await plan(provisioning)
    expect(doneBy(first)).toEqual([
      ['create', 'identity provider', 'issuer acme.example, key ID acme-1'],
      ['create', 'web integration', 'acme.example'],
      ['create', 'CSP entry', 'www.acme.example'],
      ['update', 'group settings', 'the whole tenant'],
    ])
    await carryOut(provisioning, first)
    expect(doneBy(await plan(provisioning))).toEqual([])
    expect(doneBy(await plan(await provision()))).toEqual([])
    expect((await logIn()).assignedGroups.map(({ name }) => name)).toEqual(['sales'])
  })

  it('behind a gateway gets no CSP entry, and a web integration only for /single', async () => {
    const gateway = { publicUrls: ['https://qlik.acme.example'], carriesSingle: false }
    const without = await provision({ id }, { gateway })
    expect(doneBy(await plan(without)).map(([, kind]) => kind)).toEqual([
      'identity provider',
      'group settings',
    ])
    const provisioning = await apply({ id }, { gateway: { ...gateway, carriesSingle: true } })
    expect(doneBy(await plan(provisioning))).toEqual([])
    const [integration, ...others] = await administration.listWebIntegrations()
    expect(integration?.validOrigins).toEqual(['https://qlik.acme.example'])
    expect(others).toEqual([])
    expect(await administration.listCspOrigins()).toEqual([])
  })

  it('is set up by an OAuth machine client that proves itself by a key', async () => {
    const { privateKeyPem } = await createKeyPair()
    const proof = { key: await readSigningKey({ pem: privateKeyPem, kid: 'administrator-1' }) }
    const client = await admin('POST', '/api/v1/oauth-clients', {
      appType: 'web',
      clientName: 'jotgate',
      allowedGrantTypes: ['client_credentials'],
      allowedAuthMethods: ['private_key_jwt'],
      publicKeys: [proof.key.publicJwk],
      connectionConfig: { consentMethod: 'trusted' },
    })
    const { clientId } = client as unknown as { clientId: string }
    const accessToken = machineAccess({ deployment, clientId, proof })
    const machine = createAdministration({ deployment, accessToken })
    const provisioning = await provision(direct, { administration: machine })
    expect(await provisioning.missingRights()).toEqual([])
    await carryOut(provisioning, await plan(provisioning))
    expect(await logIn()).toMatchObject({ subject: '42' })
    const wrong = machineAccess({ deployment, clientId, proof: { secret: 'not the secret' } })
    const failure = await wrong().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_QLIK_NOT_LOGGED_IN' })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('not the secret')
  })

  it('tells an ordinary user’s key what it lacks, before anything is changed', async () => {
    const { id: userId } = await admin('POST', '/api/v1/users', {
      subject: 'eve',
      status: 'active',
    })
    const made = await admin('POST', '/api/v1/api-keys', { description: 'eve', sub: userId })
    const { token: apiKey } = made as unknown as { token: string }
    const eve = createAdministration({ deployment, apiKey })
    const provisioning = await provision(direct, { administration: eve })
    const missing = await provisioning.missingRights()
    expect(missing.map(({ what }) => what)).toEqual([
      'change identity providers',
      'change web integrations',
      'change the Content Security Policy',
      'change the settings for groups',
    ])
    expect(missing[0]?.givenBy).toContain('TenantAdmin')
  })
})

describe('a tenant that was set up', () => {
  it('keeps the ID of the web integration when its title and origins change', async () => {
    await apply()
    const [before] = await administration.listWebIntegrations()
    const other = { id, title: 'Portal', origins: [origin, 'https://m.acme.example'] }
    const provisioning = await apply(other)
    expect(doneBy(await plan(provisioning))).toEqual([])
    const [after, ...others] = await administration.listWebIntegrations()
    expect(after).toEqual({
      id: before?.id,
      name: 'Portal [jotgate 5f2c90ab]',
      validOrigins: other.origins,
    })
    expect(others).toEqual([])
    const [provider] = await administration.listIdentityProviders()
    expect(provider?.description).toBe('Portal [jotgate 5f2c90ab]')
  })

  it('refuses another key, key ID, issuer or tolerance as a rotation', async () => {
    await apply()
    const { certificatePem: certificate } = await createKeyPair()
    const issuer = cloud({ url: emulator.url, issuer: 'other.example' })
    for (const [field, setup, more] of [
      ['certificate', direct, { certificate }],
      ['keyId', direct, { kid: 'acme-2' }],
      ['issuer', { ...direct, title: 'acme.example' }, { deployment: issuer }],
      ['clockToleranceSeconds', { ...direct, clockToleranceSeconds: 5 }, {}],
    ] as const) {
      const steps = await plan(await provision(setup, more))
      expect(steps).toMatchObject(
        [{ action: 'replace', cost: /rotation/, changes: [{ field }] }].map((step) => ({
          ...step,
          cost: expect.stringMatching(step.cost),
        })),
      )
    }
  })

  it('knows its certificate again whatever the line breaks', async () => {
    await apply()
    const certificate = pair.certificatePem.replaceAll('\n', '\r\n')
    expect(await plan(await provision(direct, { certificate }))).toEqual([])
    expect(await plan(await provision(direct, { certificate: pair.certificateLine }))).toEqual([])
  })

  it('finds and mends what was changed by hand', async () => {
    await apply()
    const [integration] = await administration.listWebIntegrations()
    const [entry] = await administration.listCspOrigins()
    if (integration === undefined || entry === undefined) throw new Error('nothing was made')
    await administration.updateWebIntegration(integration.id, {
      validOrigins: ['https://other.example'],
    })
    await administration.updateCspOrigin(entry.id, { ...entry, directives: ['imgSrc'] })
    await administration.setGroupCreation(false)
    const provisioning = await provision()
    const drifts = await plan(provisioning)
    expect(drifts.map(({ kind, changes }) => [kind, changes])).toEqual([
      ['web integration', [{ field: 'origins', from: ['https://other.example'], to: [origin] }]],
      ['CSP entry', [{ field: 'frameAncestors', from: false, to: true }]],
      ['group settings', [{ field: 'createGroups', from: false, to: true }]],
    ])
    await carryOut(provisioning, drifts)
    expect(await plan(provisioning)).toEqual([])
    // What an administrator allowed beside it stays.
    expect(await administration.listCspOrigins()).toMatchObject([
      { directives: ['frameAncestors', 'imgSrc'] },
    ])
  })

  it('removes what it has made and nothing else; the settings of the tenant stay', async () => {
    await administration.createWebIntegration({ name: 'theirs', validOrigins: [] })
    await administration.createCspOrigin({
      name: 'theirs',
      origin: 'other.example',
      directives: ['imgSrc'],
    })
    const provisioning = await apply()
    const steps = await plan(provisioning, { removesAll: true })
    expect(doneBy(steps)).toEqual([
      ['delete', 'CSP entry', 'www.acme.example'],
      ['delete', 'web integration', 'acme.example'],
      ['delete', 'identity provider', 'issuer acme.example, key ID acme-1'],
    ])
    await carryOut(provisioning, steps)
    expect(await administration.listWebIntegrations()).toMatchObject([{ name: 'theirs' }])
    expect(await administration.listCspOrigins()).toMatchObject([{ name: 'theirs' }])
    expect(await administration.listIdentityProviders()).toEqual([])
    expect(await administration.getGroupSettings()).toEqual({ autoCreateGroups: true })
  })
})

describe('what somebody else has made', () => {
  beforeEach(async () => {
    await administration.createIdentityProvider({
      issuer: 'acme.example',
      kid: 'acme-1',
      certificateLine: pair.certificateLine,
      description: 'By hand',
    })
    await administration.createCspOrigin({
      name: 'pictures',
      origin: 'www.acme.example',
      directives: ['imgSrc'],
    })
  })

  it('is a conflict until it is adopted, and then keeps what it had', async () => {
    const provisioning = await provision()
    expect(doneBy(await plan(provisioning))).toEqual([
      ['conflict', 'identity provider', 'issuer acme.example, key ID acme-1'],
      ['create', 'web integration', 'acme.example'],
      ['conflict', 'CSP entry', 'www.acme.example'],
      ['update', 'group settings', 'the whole tenant'],
    ])
    await carryOut(provisioning, await plan(provisioning, { adopt: true }))
    expect(await plan(provisioning)).toEqual([])
    expect(await administration.listCspOrigins()).toMatchObject([
      { directives: ['frameAncestors', 'imgSrc'] },
    ])
    expect(await logIn()).toMatchObject({ subject: '42' })
  })

  it('stays a conflict where another setup has marked it', async () => {
    const provisioning = await provision()
    await carryOut(provisioning, await plan(provisioning, { adopt: true }))
    const other = await provision({ ...direct, id: '0123456789' })
    expect(doneBy(await plan(other, { adopt: true })).slice(0, 1)).toEqual([
      ['conflict', 'identity provider', 'issuer acme.example, key ID acme-1'],
    ])
    expect(await plan(other, { removesAll: true })).toEqual([])
  })
})

describe('spaces', () => {
  const space = (roles: readonly string[], more: object = {}) =>
    ({
      id,
      spaces: [{ name: 'Sales', type: 'shared', members: [{ group: 'sales', roles }], ...more }],
    }) as const satisfies CloudSetup

  it('are made with their members, whose roles are kept', async () => {
    await apply({ id })
    await logIn()
    await apply(space(['consumer', 'dataconsumer'], { description: 'For sales' }))
    const [made] = await administration.listSpaces()
    if (made === undefined) throw new Error('no space was made')
    expect(made).toMatchObject({ name: 'Sales', description: 'For sales [jotgate 5f2c90ab]' })
    const provisioning = await provision(space(['consumer']))
    const steps = await plan(provisioning)
    expect(steps).toMatchObject([{ action: 'update', kind: 'space' }])
    await carryOut(provisioning, steps)
    expect(await plan(provisioning)).toEqual([])
    expect(await administration.listSpaceAssignments(made.id)).toMatchObject([
      { type: 'group', roles: ['consumer'] },
    ])
    await apply({ id, spaces: [{ name: 'Sales', type: 'shared', members: [] }] })
    expect(await administration.listSpaceAssignments(made.id)).toEqual([])
    expect(
      await plan(await provision({ id, spaces: [{ name: 'Sales', type: 'managed' }] })),
    ).toMatchObject([{ action: 'replace', kind: 'space' }])
  })

  it('need members that are there, and are not made otherwise', async () => {
    const provisioning = await provision(space(['consumer']))
    const steps = await plan(provisioning)
    await expect(carryOut(provisioning, steps)).rejects.toMatchObject({
      code: 'ERR_PROVISION_STOPPED',
      cause: { code: 'ERR_PROVISION_NO_MEMBER', details: { type: 'group', name: 'sales' } },
    })
    expect(await administration.listSpaces()).toEqual([])
  })

  it('are removed when they are empty, and looked at only where the setup names some', async () => {
    await apply({ id, spaces: [{ name: 'Sales', type: 'shared' }] })
    const silent = await provision({ id })
    expect(silent.notChecked).toEqual([expect.stringContaining('setup.spaces')])
    expect(await plan(silent)).toEqual([])
    await apply({ id, spaces: [] })
    expect(await administration.listSpaces()).toEqual([])
  })
})

describe('options', () => {
  it.each<[string, CloudSetup]>([
    ['setup.id', { id: 'short' }],
    ['setup.origins[0]', { id, origins: ['https://www.acme.example/path'] }],
    ['setup.title', { id, title: 'Portal [jotgate 5f2c90ab]' }],
    ['setup.contentSecurityPolicy', { id, contentSecurityPolicy: { [origin]: ['everything'] } }],
    [
      'setup.spaces',
      {
        id,
        spaces: [
          { name: 'a', type: 'data' },
          { name: 'a', type: 'data' },
        ],
      },
    ],
  ])('refuse a wrong %s', async (option, setup) => {
    await expect(provision(setup)).rejects.toMatchObject({
      code: 'ERR_PROVISION_OPTION',
      details: { option },
    })
  })
})
