import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import { cloud, type SigningKey, type User } from '../../token/index.ts'
import { createGateway } from '../create-gateway.ts'
import { identifyByCallback } from '../identify/callback.ts'
import type { GatewayOptions } from '../options.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'

let key: Promise<SigningKey> | undefined

async function createKey(): Promise<SigningKey> {
  const { privateKeyPem } = await createKeyPair({ bits: 2048 })
  return readSigningKey({ pem: privateKeyPem, kid: 'k' })
}

/** A deployment that nobody reaches: these tests end before Qlik. */
export const tenantNamed = async (name: string) => {
  key ??= createKey()
  const deployment = cloud({ url: `http://${name}.cloud.localhost:9`, issuer: 'acme.example' })
  return { deployment, key: await key }
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What is sent, and to which host. */
export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

const siteNames = ['blue', 'green'] as const
export const siteOf = (name: string) => `https://${name}.acme.example`
export const pageOf = (name: string) => `https://www-${name}.acme.example`

/** People, as the host application knows them by the field `x-person`: `subject` or `subject@customer`. */
const userOf = (person: string): User => {
  const [subject = '', customer] = person.split('@')
  return {
    subject,
    name: subject,
    email: `${subject}@acme.example`,
    emailVerified: true,
    ...(customer !== undefined && { attributes: { customer } }),
  }
}

/** The deployments and sites `blue` and `green`, in front of which there is one gateway. */
export async function startSites(
  options: Partial<GatewayOptions> & { store?: Store; folder?: string } = {},
) {
  const { folder = mkdtempSync(join(tmpdir(), 'jotgate-sites-')), ...given } = options
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const logged: string[] = []
  const gateway = await createGateway({
    sites: siteNames.map((name) => ({
      publicUrl: siteOf(name),
      allowedOrigins: [pageOf(name)],
      loginUrl: `${pageOf(name)}/login`,
      upstream: name,
    })),
    upstreams: { blue: await tenantNamed('blue'), green: await tenantNamed('green') },
    identify: identifyByCallback(({ headers }) => {
      const person = headers.get('x-person')
      return person === null ? undefined : userOf(person)
    }),
    store: memoryStore(),
    audit: {
      folder: join(folder, 'audit'),
      key: new Uint8Array(32).fill(1),
      writeHead: () => undefined,
    },
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    ...given,
  })
  onTestFinished(() => gateway.close())
  const { port } = await gateway.listen()

  /** Node's fetch takes no Host. */
  const ask = (host: string, { method = 'GET', path = '/', headers = {} }: Sent = {}) =>
    new Promise<Answered>((resolve, reject) => {
      const sent = { host: '127.0.0.1', port, method, path, headers: { host, ...headers } }
      const call = httpRequest({ ...sent, agent: false }, async (answer) => {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk)
        const body = Buffer.concat(chunks).toString()
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
      call.on('error', reject).end()
    })

  return {
    gateway,
    port,
    folder,
    logged,
    ask,
    /** Asks a site, as a page of its host application. */
    askSite: (name: string, { headers, ...sent }: Sent) =>
      ask(`${name}.acme.example`, { ...sent, headers: { origin: pageOf(name), ...headers } }),
    /** Logs somebody in at a site; gives what their browser holds. */
    async logIn(name: string, person: string, cookie?: string) {
      const headers = {
        origin: pageOf(name),
        'x-person': person,
        ...(cookie !== undefined && { cookie }),
      }
      const path = '/.jotgate/login'
      const answer = await ask(`${name}.acme.example`, { method: 'POST', path, headers })
      const [set = ''] = answer.headers['set-cookie'] ?? []
      return { ...answer, cookie: set.split(';', 1)[0] ?? '' }
    },
    /** The lines of the audit log, once the gateway is closed. */
    async readAudit(): Promise<Record<string, unknown>[]> {
      await gateway.close()
      return readdirSync(join(folder, 'audit'))
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) =>
          readFileSync(join(folder, 'audit', name), 'utf8')
            .trim()
            .split('\n'),
        )
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    },
  }
}

/** A store that outlives a gateway. */
export function createLastingStore(): Store {
  const store = memoryStore()
  return { ...store, healthy: true, close: async () => undefined }
}
