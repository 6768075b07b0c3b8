// A Qlik of each product that is set up through a relay, where calls can fail, or directly, to see what is true.
import { cloud } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { type Provisioning, provisionCloud } from 'jotgate/provision'
import { createAdministration } from 'jotgate/qlik'
import { createEmulator } from 'jotgate-emulator'
import { serviceUser, startServer } from './provision-server-stage.ts'
import { type Relay, startRelay } from './relay.ts'

/** What a test of both products needs of one. */
export interface ApplyTarget {
  readonly relay: Relay
  /** Makes Qlik as it was at first, and the relay as it is without faults. */
  reset(): Promise<void>
  /** The deployment of a configuration file, by way of the relay, with the files and variables that it names. */
  readonly configured: {
    readonly deployment: object
    readonly files: Readonly<Record<string, string>>
    readonly env: Readonly<Record<string, string>>
  }
  /** What is wanted, and the way to it. */
  provision(way: 'relay' | 'direct', setup?: object): Promise<Provisioning>
  /** Changes by hand an object that was made, in a field that a setup with `otherOrigins` changes, too. */
  changeByHand(): Promise<void>
  /** Whether Qlik refuses to change what somebody else has changed since it was read. */
  readonly refusesStaleWrites: boolean
  /** What stands in that field. */
  readField(): Promise<unknown>
  close(): Promise<void>
}

const setupId = '5f2c90ab'
const origins = ['https://www.acme.example']
/** A setup that changes what is there. */
export const otherOrigins = { origins: [...origins, 'https://b.acme.example'] }

const resetRelay = (relay: Relay) => {
  relay.refuse = () => undefined
  relay.tamper = () => undefined
  relay.requests.length = 0
}

async function startCloud(): Promise<ApplyTarget> {
  const { certificatePem: certificate } = await createKeyPair({ bits: 2048 })
  const emulator = await createEmulator()
  const relay = await startRelay(emulator.port)
  const administrationAt = (url: string) => {
    const deployment = cloud({ url, issuer: 'acme.example' })
    return {
      deployment,
      administration: createAdministration({ deployment, apiKey: emulator.adminKey }),
    }
  }
  const { administration } = administrationAt(emulator.url)
  const find = async () => {
    const [integration] = await administration.listWebIntegrations()
    if (integration === undefined) throw new Error('There is no web integration')
    return integration
  }
  return {
    relay,
    configured: {
      deployment: {
        product: 'cloud',
        url: relay.url,
        signing: { issuer: 'acme.example', kid: 'acme-1' },
        setup: { id: setupId, origins, certificate: 'qlik.cer' },
        administrator: { apiKey: { env: 'QLIK_API_KEY' } },
      },
      files: { 'qlik.cer': certificate },
      env: { QLIK_API_KEY: emulator.adminKey },
    },
    async reset() {
      emulator.reset()
      resetRelay(relay)
    },
    provision: async (way, setup = {}) =>
      provisionCloud({
        ...administrationAt(way === 'relay' ? relay.url : emulator.url),
        kid: 'acme-1',
        certificate,
        setup: { id: setupId, origins, ...setup },
      }),
    refusesStaleWrites: false,
    changeByHand: async () =>
      administration.updateWebIntegration((await find()).id, {
        validOrigins: ['https://by-hand.acme.example'],
      }),
    readField: async () => (await find()).validOrigins,
    async close() {
      await relay.close()
      await emulator.close()
    },
  }
}

async function startClientManaged(): Promise<ApplyTarget> {
  const server = await startServer(1)
  const relay = await startRelay(Number(new URL(server.urls.qrs ?? '').port), server.identity)
  const field = 'websocketCrossOriginWhiteList'
  const find = () => server.state.virtualProxies().find(({ prefix }) => prefix === 'jwt')
  const { ca, certificate, key } = server.identity
  const provision: ApplyTarget['provision'] = (way, setup = {}) =>
    server.provision({
      serviceUser,
      setup: { id: setupId, origins, ...setup },
      repository: way === 'relay' ? server.repositoryAt(relay.url) : server.repository,
    })
  return {
    relay,
    configured: {
      deployment: {
        product: 'client-managed',
        url: server.urls.proxy,
        prefix: 'jwt',
        userDirectory: 'ACME',
        claims: { groups: 'group', attributes: {} },
        setup: { id: setupId, origins, certificate: 'qlik.cer' },
        administrator: { user: `${serviceUser.directory}\\${serviceUser.id}` },
        qrs: { url: relay.url },
        clientCertificate: { file: 'client.pem', keyFile: 'client_key.pem' },
        caFile: 'root.pem',
      },
      files: {
        'qlik.cer': server.certificatePem,
        'root.pem': ca,
        'client.pem': certificate,
        'client_key.pem': key,
      },
      env: {},
    },
    async reset() {
      server.reset()
      resetRelay(relay)
      // Four rules are made in one way: one is enough to see each call fail.
      const { kinds, wanted } = await provision('direct')
      const rules = wanted.filter(({ kind }) => kind === 'security rule')
      for (const one of rules.slice(1))
        await kinds.find(({ name }) => name === one.kind)?.create(one)
    },
    provision,
    refusesStaleWrites: true,
    async changeByHand() {
      server.state.changeVirtualProxy('jwt', { [field]: ['by-hand.acme.example'] })
    },
    readField: async () => find()?.[field],
    async close() {
      await relay.close()
      await server.close()
    },
  }
}

export const applyTargets = {
  'Qlik Cloud': startCloud,
  'client-managed Qlik': startClientManaged,
} as const
