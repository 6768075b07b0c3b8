// Client-managed Qlik of two nodes, healthy, over TLS: a table of faults breaks it as an administrator would, in QRS,
// and doctor looks at it from outside, with the exported client certificate or without.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClientManagedDeployment, clientManaged, type User } from 'jotgate'
import {
  type CheckResult,
  type ClientManagedOptions,
  clientManagedChecks,
  createClientManagedContext,
  runChecks,
} from 'jotgate/doctor'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { createTransport, type RepositoryOptions } from 'jotgate/qlik'
import {
  createEmulators,
  clientManaged as emulatedServer,
  moviesAppId,
  type VirtualProxyOptions,
} from 'jotgate-emulator'

export const pageOrigin = 'https://www.acme.localhost'

export const ada: User = { subject: 'ada', name: 'Ada Lovelace', groups: ['sales'] }

const healthyHeaders = [
  `Access-Control-Allow-Origin: ${pageOrigin}`,
  'Access-Control-Allow-Credentials: true',
  'Access-Control-Allow-Headers: Authorization, Content-Type',
  'Access-Control-Expose-Headers: qlik-csrf-token',
].join('\n')

type Entity = Readonly<Record<string, unknown>> & { readonly id: string }

export type ServerDoctorStage = Awaited<ReturnType<typeof createServerDoctorStage>>

/** Two key pairs for all stages of a file: they cost more than everything else. */
export async function createDoctorKeys() {
  return { pair: await createKeyPair({ bits: 2048 }), other: await createKeyPair({ bits: 2048 }) }
}

export async function createServerDoctorStage({
  pair,
  other,
}: Awaited<ReturnType<typeof createDoctorKeys>>) {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-'))
  const key = await readSigningKey({ pem: pair.privateKeyPem })
  const jwt: VirtualProxyOptions = {
    prefix: 'jwt',
    certificate: pair.certificatePem,
    websocketCrossOriginWhiteList: ['www.acme.localhost'],
    additionalResponseHeaders: healthyHeaders,
    sameSiteAttributeHttps: 1,
    hasSecureAttributeHttps: true,
  }
  const emulator = await createEmulators({
    tls: { folder },
    products: [
      emulatedServer({
        nodes: 2,
        virtualProxies: [jwt],
        switches: { proxyPreflight: 'answered', licenceAccess: 'asked' },
      }),
    ],
  })
  const { certificates, tls } = emulator
  if (certificates === undefined || tls === undefined) throw new Error('there is no TLS')
  const { state, urls } = emulator.products['client-managed']
  const { proxy = '', proxy2 = '', qrs = '', qps = '' } = urls
  const at = (url: string) => url.replace('localhost', 'sense.server.localhost')
  const clientCertificate = { certificate: certificates.client, key: certificates.clientKey }
  const ca = `${certificates.root}\n${await readFile(tls.caFile, 'utf8')}`
  const transport = await createTransport({ ca })
  const administrator = await createTransport({ ca, clientCertificate })

  /** What an administrator does by QRS. */
  async function callQrs(method: string, path: string, body?: object): Promise<unknown> {
    const url = `${qrs}/qrs/${path}${path.includes('?') ? '&' : '?'}Xrfkey=abcdefghijklmnop`
    const answer = await administrator.fetch(url, {
      method,
      headers: {
        'x-qlik-xrfkey': 'abcdefghijklmnop',
        'x-qlik-user': 'UserDirectory=INTERNAL; UserId=sa_api',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const list = async (type: string) => (await callQrs('GET', `${type}/full`)) as Entity[]
  const change = async (type: string, isMeant: (one: Entity) => boolean, changes: object) => {
    for (const one of (await list(type)).filter(isMeant))
      await callQrs('PUT', `${type}/${one.id}`, { ...one, ...changes })
  }
  /** Users, licences and the virtual proxy as they are where everything works. */
  async function heal() {
    emulator.reset()
    const user = { userDirectory: 'ACME', userId: 'ada', name: 'Ada' }
    const { id } = (await callQrs('POST', 'user', user)) as Entity
    await callQrs('POST', 'license/analyzeraccesstype', { user: { id } })
  }
  await heal()

  const deploymentOf = (
    changes: Partial<Parameters<typeof clientManaged>[0]> = {},
  ): ClientManagedDeployment =>
    clientManaged({
      url: at(proxy),
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
      ...changes,
    })

  const repository = {
    url: qrs,
    user: { directory: 'INTERNAL', id: 'sa_api' },
    fetch: administrator.fetch,
  }

  return {
    emulator,
    state,
    ecCertificatePem: await readFile(tls.caFile, 'utf8'),
    /** The repository behind something that drops a field of each request. */
    repositoryWithout: (name: string): RepositoryOptions => ({
      ...repository,
      fetch(input, init) {
        const headers = new Headers(init?.headers)
        headers.delete(name)
        return administrator.fetch(input, { ...init, headers })
      },
    }),
    otherCertificatePem: other.certificatePem,
    publicKeyPem: pair.publicKeyPem,
    privateKeyPem: other.privateKeyPem,
    certificatePem: pair.certificatePem,
    heal,
    callQrs,
    list,
    deploymentOf,
    /** Changes the virtual proxy in the QMC. */
    changeVirtualProxy: (changes: object) =>
      change('virtualproxyconfig', ({ prefix }) => prefix === 'jwt', changes),
    changeUser: (changes: object) => change('user', ({ userId }) => userId === 'ada', changes),
    change,
    /** Changes settings of every proxy. */
    async changeProxies(changes: object) {
      for (const service of await list('proxyservice'))
        await callQrs('PUT', `proxyservice/${service.id}`, {
          ...service,
          settings: { ...(service.settings as object), ...changes },
        })
    },
    /** Takes the virtual proxy from the proxies of these nodes. */
    async unlink(...nodes: readonly string[]) {
      const [virtualProxy] = (await list('virtualproxyconfig')).filter(
        ({ prefix }) => prefix === 'jwt',
      )
      for (const service of await list('proxyservice')) {
        const settings = service.settings as { virtualProxies: Entity[] }
        const { name } = service.serverNodeConfiguration as { name: string }
        if (!nodes.includes(name)) continue
        const virtualProxies = settings.virtualProxies.filter(({ id }) => id !== virtualProxy?.id)
        await callQrs('PUT', `proxyservice/${service.id}`, {
          ...service,
          settings: { ...settings, virtualProxies },
        })
      }
    },
    /** Opens sessions of Ada that nobody ends, as a program does that keeps no cookie. */
    async openSessions(count: number) {
      const context = () =>
        createClientManagedContext({ deployment: deploymentOf(), key, user: ada, transport, clock })
      for (let at = 0; at < count; at += 1) await context().logIn()
    },
    /** What doctor says, from outside; without a certificate a login may make a user. */
    async diagnose(
      changes: Partial<ClientManagedOptions> = {},
      { certificate = true }: { certificate?: boolean } = {},
    ): Promise<CheckResult[]> {
      const context = createClientManagedContext({
        deployment: deploymentOf(),
        key,
        user: ada,
        appId: moviesAppId,
        origins: [pageOrigin],
        nodes: [at(proxy), at(proxy2)],
        transport,
        clock,
        ...(certificate
          ? { repository, proxyApis: [qps] }
          : // Whether Ada is there is then not known: a login may make her.
            { createsUser: true }),
        ...changes,
      })
      const results: CheckResult[] = []
      try {
        for await (const result of runChecks({ checks: clientManagedChecks, context }))
          results.push(result)
      } finally {
        await context.close()
      }
      return results
    },
    async close() {
      await Promise.all([transport.close(), administrator.close()])
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }

  function clock() {
    return emulator.clock.now().getTime()
  }
}
