import { createEmulator, type Emulator, type EmulatorOptions } from 'jotgate-emulator'
import { onTestFinished, vi } from 'vitest'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import { createAdministration, productFor } from '../../qlik/index.ts'
import { cloud, createSigner, type SigningKey } from '../../token/index.ts'
import type { AuditEvent } from '../audit/audit-log.ts'
import { nodesAt } from '../nodes/nodes.fixture.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import type { GatewaySession, GatewaySessions } from './gateway-session.ts'
import { createGatewaySessions, type GatewaySessionsOptions } from './gateway-sessions.ts'
import { here } from './place.fixture.ts'
import { personNamed, userOf } from './session.fixture.ts'
import type { UpstreamSession, UpstreamSessions } from './upstream-session.ts'
import { createUpstreamSessions, type UpstreamSessionsOptions } from './upstream-sessions.ts'

const issuer = 'acme.example'
let keys: Promise<{ key: SigningKey; certificateLine: string }> | undefined

async function createKeys() {
  const { privateKeyPem, certificateLine } = await createKeyPair({ bits: 2048 })
  return { key: await readSigningKey({ pem: privateKeyPem, kid: 'acme-1' }), certificateLine }
}

/** A gateway's sessions in front of an emulated tenant. Timers and `Date` are the test's, sockets are real. */
export interface Tenant {
  readonly emulator: Emulator
  readonly store: Store
  readonly sessions: GatewaySessions
  readonly upstreams: UpstreamSessions
  /** What the audit log got, in its order. */
  readonly events: AuditEvent[]
  readonly failures: object[]
  readonly signings: { count: number }
  /** Makes the audit log refuse an event. */
  refuse(event: AuditEvent['event'] | undefined): void
  enter(subject: string): Promise<GatewaySession>
  /** Asks Qlik as somebody, with the cookies that the session has. */
  ask(upstream: UpstreamSession, path?: string): Promise<Response>
  /** What the tenant was asked. */
  calls(path: string): number
  /** The same again over the same store, as after a restart. */
  restart(): Promise<Tenant>
}

export async function startTenant(
  options: {
    emulator?: EmulatorOptions
    sessions?: Partial<GatewaySessionsOptions>
    upstreams?: Partial<UpstreamSessionsOptions>
  } = {},
): Promise<Tenant> {
  keys ??= createKeys()
  const { key, certificateLine } = await keys
  vi.useFakeTimers({
    now: Date.now(),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  })
  onTestFinished(() => void vi.useRealTimers())
  const emulator = await createEmulator(options.emulator)
  onTestFinished(() => emulator.close())
  const deployment = cloud({ url: `http://localhost:${emulator.port}`, issuer })
  await createAdministration({ deployment, apiKey: emulator.adminKey }).createIdentityProvider({
    issuer,
    kid: 'acme-1',
    certificateLine,
  })
  const product = productFor(deployment)
  const signer = createSigner({ deployment, key })

  const over = async (store: Store): Promise<Tenant> => {
    const events: AuditEvent[] = []
    const failures: object[] = []
    const signings = { count: 0 }
    let refused: AuditEvent['event'] | undefined
    const common = { store, clock: Date.now }
    const sessions = await createGatewaySessions({ ...common, ...options.sessions })
    const upstreams = await createUpstreamSessions({
      ...common,
      name: here.upstream,
      product,
      deployment,
      nodes: nodesAt([deployment.url]),
      sessions,
      signer: {
        sign: (user) => {
          signings.count += 1
          return signer.sign(user)
        },
      },
      audit: {
        async record(event) {
          await Promise.resolve()
          if (event.event === refused) throw new Error('the audit log is away')
          events.push(event)
        },
        recordLater: (event) => void events.push(event),
      },
      log: { warn: (details) => void failures.push(details) },
      ...options.upstreams,
    })
    return {
      ...{ emulator, store, sessions, upstreams, events, failures, signings },
      refuse(event) {
        refused = event
      },
      async enter(subject) {
        const entering = { identity: personNamed(subject), user: userOf(subject) }
        return (await sessions.open({ ...entering, holder: 'browser', place: here })).session
      },
      ask: ({ current }, path = '/api/v1/users/me') =>
        fetch(new URL(path, deployment.url), {
          headers: { ...product.authorizeHttp(current).headers },
        }),
      calls: (path) => emulator.requests.filter((request) => request.path === path).length,
      restart: () => over(store),
    }
  }
  return over(memoryStore())
}

/** Lets real input and output go on until something is true, while the test's time stands still. */
export async function until(isTrue: () => boolean): Promise<void> {
  const latest = performance.now() + 120_000
  while (!isTrue()) {
    if (performance.now() > latest) throw new Error('It did not happen')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
