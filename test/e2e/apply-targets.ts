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
  reset(): void
  /** What is wanted, and the way to it. */
  provision(way: 'relay' | 'direct', setup?: object): Promise<Provisioning>
  /** Changes by hand an object that was made, in a field that a setup with `otherOrigins` changes, too. */
  changeByHand(): Promise<void>
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
    reset() {
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
  const { repository } = server
  const field = 'websocketCrossOriginWhiteList'
  const find = () => server.state.virtualProxies().find(({ prefix }) => prefix === 'jwt')
  return {
    relay,
    reset() {
      server.reset()
      resetRelay(relay)
    },
    async provision(way, setup = {}) {
      const provisioning = await server.provision({
        serviceUser,
        setup: { id: setupId, origins, ...setup },
        repository: way === 'relay' ? server.repositoryAt(relay.url) : repository,
      })
      // Four rules are made in one way: one is enough to see each call fail.
      const isWanted = (key: string) => !key.startsWith('jotgate jwt: ') || key.endsWith(': tag')
      return { ...provisioning, wanted: provisioning.wanted.filter(({ key }) => isWanted(key)) }
    },
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
