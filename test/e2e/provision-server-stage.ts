// A client-managed server as it is installed, an administrator with the exported certificate, and a service user.
import { clientManaged, createSigner } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import {
  applyPlan,
  type ClientManagedSetup,
  openServiceUser,
  type Plan,
  type Provisioning,
  provisionClientManaged,
  readPlan,
} from 'jotgate/provision'
import { createRepository, createTransport, getCurrentUser, openSession } from 'jotgate/qlik'
import { createEmulators, clientManaged as emulatedServer } from 'jotgate-emulator'
import { onTestFinished } from 'vitest'

const setup: ClientManagedSetup = { id: '5f2c90ab', origins: ['https://www.acme.example'] }
export const serviceUser = { directory: 'SERVICE', id: 'jotgate' }

const pair = await createKeyPair({ bits: 2048 })
const key = await readSigningKey({ pem: pair.privateKeyPem })

/** A server as it is installed; it ends with the test. */
export async function install(nodes: 1 | 2 = 2) {
  const server = await startServer(nodes)
  onTestFinished(server.close)
  return server
}

/** A server as it is installed, for the tests of a file: whoever starts it closes it. */
export async function startServer(nodes: 1 | 2 = 2) {
  const emulators = await createEmulators({ products: [emulatedServer({ nodes })] })
  const { urls, state } = emulators.products['client-managed']
  const { certificates } = emulators
  if (certificates === undefined) throw new TypeError('the emulator has no certificates')
  const { root: ca, client: certificate, clientKey } = certificates
  const transport = await createTransport({
    ca,
    clientCertificate: { certificate, key: clientKey },
  })
  const deployment = clientManaged({
    url: urls.proxy ?? '',
    prefix: 'jwt',
    userDirectory: 'ACME',
    claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  })
  const signer = createSigner({ deployment, key })
  const user = { directory: 'INTERNAL', id: 'sa_api' }
  const repository = createRepository({ url: urls.qrs ?? '', user, fetch: transport.fetch })
  const { certificatePem } = pair
  const common = { deployment, certificate: certificatePem, setup }
  return {
    state,
    urls,
    emulators,
    certificatePem,
    privateKeyPem: pair.privateKeyPem,
    /** What QRS wants of a program. */
    identity: { ca, certificate, key: clientKey },
    /** Makes it as it was installed: everything has another ID. */
    reset: () => emulators.reset(),
    async close() {
      await transport.close()
      await emulators.close()
    },
    /** The repository at an address that wants no certificate. */
    repositoryAt: (url: string) => createRepository({ url, user }),
    /** Calls QRS as an administrator’s own program does, without jotgate; gives the answer’s JSON. */
    async callQrs(method: string, path: string, body?: unknown) {
      const answer = await transport.fetch(`${urls.qrs}/qrs/${path}?xrfkey=abcdefghijklmnop`, {
        method,
        headers: {
          'x-qlik-xrfkey': 'abcdefghijklmnop',
          'x-qlik-user': 'UserDirectory=INTERNAL; UserId=sa_api',
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    },
    pass: (seconds: number) => emulators.clock.advance(seconds),
    repository,
    /**
     * What the service user has: nothing but the deployment's key.
     *
     * @param url by another address of the proxy
     */
    async openServiceUser(url = deployment.url) {
      const wait = async () => undefined
      const at = { ...deployment, url }
      const opened = await openServiceUser({ deployment: at, signer, user: serviceUser, wait })
      onTestFinished(() => opened.close())
      const { repository: own } = opened
      return {
        repository: own,
        provision: () =>
          provisionClientManaged({ ...common, repository: own, isServiceUser: true, serviceUser }),
      }
    },
    provision: (more: Partial<Parameters<typeof provisionClientManaged>[0]> = {}) =>
      provisionClientManaged({ ...common, repository, ...more }),
    /** The session of the service user, for calls that plan and apply never make. */
    async enterAsServiceUser() {
      const { directory, id: subject } = serviceUser
      const { token } = await signer.sign({ subject, directory, groups: [] })
      return openSession({ deployment, token })
    },
    /** Ada logs in at one of the nodes, and is who she is. */
    async logIn(at: 'proxy' | 'proxy2' = 'proxy') {
      const { token } = await signer.sign({ subject: 'ada', groups: ['sales'] })
      const url = urls[at] ?? ''
      const session = await openSession({ deployment: { ...deployment, url }, token })
      return (await getCurrentUser({ session })).id
    },
  }
}

export type Server = Awaited<ReturnType<typeof install>>

export const plan = (
  provisioning: Provisioning,
  how: { adopt?: boolean; removesAll?: boolean } = {},
): Promise<Plan> => readPlan({ provisioning, ...how })

export const carryOut = (provisioning: Provisioning, planned: Plan) =>
  applyPlan({ provisioning, plan: planned, allowDelete: true })

export const doneBy = ({ steps }: Plan) =>
  steps
    .filter(({ action }) => action !== 'none')
    .map(({ action, kind, key }) => [action, kind, key])

/** A server that its administrator has set up. */
export async function installAndApply() {
  const server = await install()
  const provisioning = await server.provision({ serviceUser })
  await carryOut(provisioning, await plan(provisioning))
  return server
}

/** The ID of the virtual proxy, and that of the proxy service of a node. */
export async function idsOf({ state, repository }: Server, node: string) {
  const services = await repository.listProxyServices()
  const service = services.find((one) => one.serverNodeConfiguration.name === node)
  const virtualProxy = state.virtualProxies().find(({ prefix }) => prefix === 'jwt')
  return { serviceId: service?.id ?? '', virtualProxyId: virtualProxy?.id ?? '' }
}
