// The gateway as a company would run it: sessions in SQLite, an audit log, assertions of the host application.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { clientManaged, cloud, type RsaPublicJwk } from 'jotgate'
import {
  createAuthorise,
  createGateway,
  createKeyRing,
  type Gateway,
  identifyByAssertion,
  sqliteStore,
} from 'jotgate/gateway'
import { readSigningKey } from 'jotgate/keys'
import { pino } from 'pino'
import { answerQuestions } from './processes.ts'
import type { TlsFiles } from './stage.ts'

/** What this program is told. */
export interface GatewayConfig {
  readonly folder: string
  readonly port: number
  readonly publicUrl: string
  readonly product: Product
  readonly qlikUrl: string
  readonly keyFile: string
  readonly issuer: string
  readonly hostKey: RsaPublicJwk
  readonly tls?: TlsFiles
}

const deployments = {
  cloud: (url: string) => cloud({ url, issuer: 'acme.example' }),
  'client-managed': (url: string) =>
    clientManaged({
      url,
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
    }),
} as const

export type Product = keyof typeof deployments

async function start(config: GatewayConfig): Promise<Gateway> {
  const { folder, port, publicUrl, product, qlikUrl, keyFile, issuer, hostKey, tls } = config
  const keys = await createKeyRing({ file: join(folder, 'keys', 'store.json') })
  const gateway = await createGateway({
    publicUrl,
    allowedOrigins: [publicUrl],
    trustedProxies: ['127.0.0.1'],
    upstream: {
      deployment: deployments[product](qlikUrl),
      key: await readSigningKey({ file: keyFile, kid: 'acme-1' }),
    },
    identify: identifyByAssertion({ issuer, key: hostKey }),
    authorise: createAuthorise({ groups: { allow: ['*'] } }),
    store: sqliteStore({ file: join(folder, 'data', 'sessions.db'), keys }),
    audit: { folder: join(folder, 'audit'), key: randomBytes(32), writeHead: () => undefined },
    log: pino({ level: 'warn' }, pino.destination(2)),
  })
  const certificate = tls && {
    certificate: tls.certificate,
    key: readFileSync(tls.keyFile, 'utf8'),
  }
  await gateway.listen({ port, ...(certificate && { tls: certificate }) })
  return gateway
}

/** What is needed: a collection of this kind also gives pages back that hold nothing. */
async function neededBytes(): Promise<number> {
  const collect = globalThis.gc as ((options: object) => void) | undefined
  for (let time = 0; time < 4; time += 1) {
    collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await wait(100)
  }
  return process.memoryUsage().rss
}

let gateway: Gateway | undefined

answerQuestions(async (question) => {
  if ('needed' in question) return { bytes: await neededBytes() }
  if ('endAll' in question) {
    // A clock that all processes of the machine share.
    const orderedAt = process.hrtime.bigint()
    await gateway?.endSessions({ all: true })
    return { orderedAt: String(orderedAt) }
  }
  gateway = await start(question as unknown as GatewayConfig)
  return {}
})
