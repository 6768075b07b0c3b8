import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud } from 'jotgate'
import { type CheckResult, type CloudDoctorOptions, checksFor, runChecks } from 'jotgate/doctor'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { createTransport } from 'jotgate/qlik'
import {
  createEmulator,
  createMoviesApp,
  type Emulator,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import { type Relay, startRelay } from '../relay.ts'

const issuer = 'acme.example'
const kid = 'acme-1'
const origin = 'https://www.acme.example'
const subject = 'acme|ada'
const email = 'ada@acme.example'

/** A tenant that is set up as it should be, until somebody breaks it, and what doctor is told of it. */
export interface DoctorTenant {
  readonly emulator: Emulator
  /** What stands between doctor and the tenant. */
  readonly relay: Relay
  readonly provider: { readonly id: string }
  readonly integration: { readonly id: string }
  readonly policy: { readonly id: string }
  readonly user: { readonly id: string }
  readonly space: { readonly id: string }
  /** A key pair that the tenant does not know. */
  readonly otherCertificateLine: string
  readonly certificateLine: string
  /** What doctor is told; a test may tell it something else. */
  options: CloudDoctorOptions
  /** A call of the administrator. */
  send(method: string, path: string, body?: unknown): Promise<{ id: string }>
  addProvider(change: ProviderChange): Promise<void>
  /** Ended with the tenant. */
  onClose(end: () => Promise<unknown>): void
  examine(): Promise<readonly CheckResult[]>
  close(): Promise<void>
}

/** What an identity provider has that does not fit. */
interface ProviderChange {
  readonly issuer?: string
  readonly kid?: string
  readonly pem?: string
  readonly active?: boolean
}

const makePairs = () =>
  Promise.all([createKeyPair({ kid, bits: 3072 }), createKeyPair({ kid: 'other', bits: 3072 })])
let pairs: ReturnType<typeof makePairs> | undefined

export async function createDoctorTenant(how: { tls?: boolean } = {}): Promise<DoctorTenant> {
  const ending: (() => Promise<unknown>)[] = []
  pairs ??= makePairs()
  const [pair, other] = await pairs
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-'))
  ending.push(() => rm(folder, { recursive: true, force: true }))
  const sectionAccess = parseSectionAccess(
    'ACCESS,USERID,GROUP,DISTRIBUTOR\nADMIN,emulator|administrator,,*\nUSER,,sales,Warner Bros.\n',
  )
  const emulator = await createEmulator({
    apps: [await createMoviesApp({ sectionAccess })],
    ...(how.tls === true ? { tls: { folder } } : {}),
  })
  ending.push(() => emulator.close())
  const relay = await startRelay(emulator.port)
  ending.push(() => relay.close())
  const url =
    how.tls === true ? `https://localhost:${emulator.port}` : `http://localhost:${emulator.port}`
  const transport = await createTransport({ ...(emulator.tls && { ca: emulator.tls.caPem }) })
  ending.push(() => transport.close())
  const send: DoctorTenant['send'] = async (method, path, body) => {
    const answer = await transport.fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${emulator.adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? { id: '' } : JSON.parse(text)
  }
  const addProvider: DoctorTenant['addProvider'] = async (change) => {
    await send('POST', '/api/v1/identity-providers', providerOf(pair.certificateLine, change))
  }
  const provider = await send(
    'POST',
    '/api/v1/identity-providers',
    providerOf(pair.certificateLine, {}),
  )
  const integration = await send('POST', '/api/v1/web-integrations', {
    name: 'pages',
    validOrigins: [origin],
  })
  const policy = await send('POST', '/api/v1/csp-origins', {
    name: 'pages',
    origin: 'www.acme.example',
    frameAncestors: true,
  })
  await send('PATCH', '/api/v1/groups/settings', [
    { op: 'replace', path: '/autoCreateGroups', value: true },
  ])
  const group = await send('POST', '/api/v1/groups', { name: 'sales', providerType: 'idp' })
  const user = await send('POST', '/api/v1/users', {
    subject,
    name: 'Ada',
    email,
    status: 'active',
  })
  const space = await send('POST', '/api/v1/spaces', { name: 'Films', type: 'shared' })
  await send('POST', `/api/v1/spaces/${space.id}/assignments`, {
    type: 'group',
    assigneeId: group.id,
    roles: ['consumer'],
  })
  await send('PUT', `/api/v1/apps/${moviesAppId}/space`, { spaceId: space.id })
  const tenant: DoctorTenant = {
    emulator,
    relay,
    provider,
    integration,
    policy,
    user,
    space,
    certificateLine: pair.certificateLine,
    otherCertificateLine: other.certificateLine,
    options: {
      deployment: cloud({ url, issuer }),
      key: await readSigningKey({ pem: pair.privateKeyPem, kid }),
      certificate: pair.certificatePem,
      apiKey: emulator.adminKey,
      origins: [origin],
      user: { subject, groups: ['sales'] },
      appId: moviesAppId,
      transport,
      ...(emulator.tls && { ca: emulator.tls.caPem }),
    },
    send,
    addProvider,
    onClose: (end) => void ending.push(end),
    async examine() {
      const { checks, context } = checksFor('cloud', tenant.options)
      const found = []
      try {
        for await (const one of runChecks({ checks, context })) found.push(one)
      } finally {
        await context.close().catch(() => undefined)
      }
      return found
    },
    async close() {
      for (const end of ending.reverse()) await end()
    },
  }
  return tenant
}

function providerOf(line: string, change: ProviderChange) {
  const {
    issuer: its,
    kid: keyId,
    pem,
    active,
  } = { issuer, kid, pem: line, active: true, ...change }
  return {
    protocol: 'jwtAuth',
    provider: 'external',
    active,
    options: { issuer: its, staticKeys: [{ kid: keyId, pem }] },
  }
}

/** A proxy server that gives the same answer to every CONNECT. */
export async function startProxyServer(tenant: DoctorTenant, status: number): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
  await new Promise((resolve) => server.once('listening', resolve))
  tenant.onClose(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
