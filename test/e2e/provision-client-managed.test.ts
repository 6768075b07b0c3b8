// A client-managed server is set up from outside, and drifts are found and mended.
import { clientManaged, createSigner } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import {
  type ClientManagedSetup,
  type Plan,
  type Provisioning,
  planSteps,
  provisionClientManaged,
} from 'jotgate/provision'
import { createRepository, createTransport, getCurrentUser, openSession } from 'jotgate/qlik'
import { createEmulators, clientManaged as emulatedServer } from 'jotgate-emulator'
import { afterEach, describe, expect, it } from 'vitest'

const setup: ClientManagedSetup = { id: '5f2c90ab', origins: ['https://www.acme.example'] }
const serviceUser = { directory: 'SERVICE', id: 'jotgate' }

let closings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
  closings = []
})

/** A server as it is installed, and an administrator with the exported certificate. */
async function install(nodes: 1 | 2 = 2) {
  const pair = await createKeyPair({ bits: 2048 })
  const emulators = await createEmulators({ products: [emulatedServer({ nodes })] })
  closings.push(() => emulators.close())
  const { urls, state } = emulators.products['client-managed']
  const { certificates } = emulators
  if (certificates === undefined) throw new TypeError('the emulator has no certificates')
  const { root: ca, client: certificate, clientKey } = certificates
  const transport = await createTransport({
    ca,
    clientCertificate: { certificate, key: clientKey },
  })
  closings.push(() => transport.close())
  const deployment = clientManaged({
    url: urls.proxy ?? '',
    prefix: 'jwt',
    userDirectory: 'ACME',
    claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  })
  const key = await readSigningKey({ pem: pair.privateKeyPem })
  const repository = createRepository({
    url: urls.qrs ?? '',
    user: { directory: 'INTERNAL', id: 'sa_api' },
    fetch: transport.fetch,
  })
  const common = { deployment, certificate: pair.certificatePem, setup }
  return {
    state,
    repository,
    deployment,
    common,
    provision: (more: Partial<Parameters<typeof provisionClientManaged>[0]> = {}) =>
      provisionClientManaged({ ...common, repository, ...more }),
    async logIn(subject = 'ada') {
      const { token } = await createSigner({ deployment, key }).sign({ subject, groups: ['x'] })
      return openSession({ deployment, token })
    },
  }
}

async function plan(provisioning: Provisioning, adopt = false): Promise<Plan> {
  const objects = new Map(
    await Promise.all(
      provisioning.kinds.map(async (kind) => [kind.name, await kind.list()] as const),
    ),
  )
  const { kinds, wanted, notChecked } = provisioning
  return { steps: planSteps({ kinds, wanted, objects, adopt }), notChecked }
}

async function carryOut(provisioning: Provisioning, { steps }: Plan): Promise<void> {
  for (const { kind: name, action, wanted, actual, changes } of steps) {
    const kind = provisioning.kinds.find((one) => one.name === name)
    if (action === 'create' && wanted) await kind?.create(wanted)
    if (action === 'update' && actual)
      await kind?.update(actual, Object.fromEntries(changes.map(({ field, to }) => [field, to])))
    if (action === 'delete' && actual) await kind?.remove(actual)
  }
}

const doneBy = ({ steps }: Plan) =>
  steps
    .filter(({ action }) => action !== 'none')
    .map(({ action, kind, key }) => [action, kind, key])

describe('a server without our virtual proxy', () => {
  it('is set up with a certificate: a token opens a session at each node, and a second plan is empty', async () => {
    const server = await install()
    const provisioning = await server.provision({ serviceUser })
    expect(await provisioning.missingRights()).toEqual([])
    const first = await plan(provisioning)
    expect(doneBy(first)).toEqual([
      ['create', 'virtual proxy', 'jwt'],
      ['create', 'proxy link', 'jwt at Central'],
      ['create', 'proxy link', 'jwt at Rim'],
      ['create', 'security rule', 'jotgate jwt: virtual proxy'],
      ['create', 'security rule', 'jotgate jwt: links to proxies'],
      ['create', 'security rule', 'jotgate jwt: nodes'],
      ['create', 'security rule', 'jotgate jwt: tag'],
    ])
    await carryOut(provisioning, first)
    const session = await server.logIn()
    expect(await getCurrentUser({ session })).toMatchObject({ id: 'ACME\\ada' })
    expect(doneBy(await plan(await server.provision({ serviceUser })))).toEqual([])
  })
})
