import { generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../../cloud/cloud.ts'
import { createCloudApp } from '../../cloud/cloud-app.ts'
import { createCloudState } from '../../cloud/state.ts'
import { toEpochSeconds } from '../clock.ts'
import type { DocumentedError } from '../faults/documented-errors.ts'
import { createFaultBoard } from '../faults/fault-board.ts'
import type { Switches } from '../switch-definitions.ts'
import { createSwitches } from '../switches.ts'
import { saveIdentityProvider } from './set-up-forms.ts'
import { callTenant, type TenantAnswer, type TenantRequest } from './tenant-call.ts'

const issuer = 'console.emulator.invalid'
const keyId = 'console-example'

/** A tenant of its own for one example: what goes wrong in it, nobody else sees. */
interface Scene {
  readonly cloud: Cloud
  call(
    request: Omit<TenantRequest, 'headers'> & { headers?: Record<string, string> },
  ): Promise<TenantAnswer>
  /** Logs in with the claims that Qlik asks for, changed; undefined leaves one out. */
  login(changes?: Readonly<Record<string, unknown>>): Promise<TenantAnswer>
}

let keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function createScene(cloud: Cloud, switches: Partial<Switches>): Promise<Scene> {
  // One pair a process: it is trusted in these tenants only, which live for a request.
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { publicKey, privateKey } = await keys
  const now = cloud.clock.now()
  const state = createCloudState(now)
  const at = now.toISOString()
  const id = 'example'
  const provider = { id, issuer, keyId, pem: '', publicKey, description: '', created: at }
  state.identityProviders.set(id, { ...provider, lastUpdated: at })
  const scene: Cloud = {
    ...cloud,
    state,
    switches: createSwitches({ ...cloud.switches.get(), ...switches }),
    faults: createFaultBoard(),
    isExample: true,
  }
  const app = createCloudApp(scene, new Hono<CloudEnv>())
  const call: Scene['call'] = ({ headers = {}, ...request }) =>
    callTenant(app, { ...request, headers: { host: 'localhost', ...headers } })
  return {
    cloud: scene,
    call,
    login(changes = {}) {
      const second = toEpochSeconds(now)
      const claims = {
        iss: issuer,
        aud: 'qlik.api/login/jwt-session',
        sub: 'example|ada',
        subType: 'user',
        name: 'Ada Example',
        email: 'ada@emulator.invalid',
        email_verified: true,
        jti: randomUUID(),
        iat: second,
        nbf: second,
        exp: second + 60,
        ...changes,
      }
      const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${encode(claims)}`
      const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
      const path = '/login/jwt-session'
      return call({ method: 'POST', path, headers: { authorization: `Bearer ${token}` } })
    },
  }
}

function cookieOf(answer: TenantAnswer): string {
  return answer.setCookies.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

interface Example {
  readonly switches?: Partial<Switches>
  run(scene: Scene): Promise<TenantAnswer>
}

/** The errors that a request meets by itself; the others are given by a fault. */
const examples: Readonly<Record<string, Example>> = {
  'missing-nbf': { run: ({ login }) => login({ nbf: undefined }) },
  'missing-jti': { run: ({ login }) => login({ jti: undefined }) },
  'login-2': {
    run: ({ call }) =>
      call({
        method: 'POST',
        path: '/login/jwt-session',
        headers: { host: 'mistyped.tenant.example' },
      }),
  },
  'login-12': {
    switches: { refuseSameEmail: true },
    async run({ login }) {
      await login()
      return login({ sub: 'another|subject' })
    },
  },
  'csrf-2': {
    async run({ login, call }) {
      const cookie = cookieOf(await login())
      return call({ method: 'POST', path: '/api/v1/users', headers: { cookie }, body: {} })
    },
  },
  'csrf-unsupported': {
    run: ({ call, cloud }) =>
      call({
        method: 'GET',
        path: '/api/v1/csrf-token',
        headers: { authorization: `Bearer ${cloud.adminKey}` },
      }),
  },
  'idp-forbidden': {
    run: ({ call, cloud }) =>
      call({
        method: 'POST',
        path: '/api/v1/identity-providers',
        headers: { authorization: `Bearer ${cloud.adminKey}` },
        body: { protocol: 'jwtAuth', provider: 'external', tenantIds: ['another-tenant'] },
      }),
  },
  'idp-certificate': {
    switches: { pemLineBreaks: 'refused' },
    async run({ call, cloud }) {
      const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n'
      const refusal = await saveIdentityProvider({ certificate }, cloud.switches.get(), call)
      return { status: 400, headers: {}, body: refusal, setCookies: [] }
    },
  },
}

/** What a ready-made request was answered. */
export interface Shown {
  readonly method: string
  readonly path: string
  /** Whether the tenant refused by its own rules, or a fault answered in its place. */
  readonly by: 'rules' | 'fault'
  readonly status: number
  readonly retryAfter?: string
  readonly body: unknown
}

/** Produces a documented error in a tenant that is made for it; the developer's own is not touched. */
export async function showError(cloud: Cloud, error: DocumentedError): Promise<Shown> {
  const { id, method, path } = error
  const example = Object.hasOwn(examples, id) ? examples[id] : undefined
  const scene = await createScene(cloud, example?.switches ?? {})
  if (example === undefined)
    scene.cloud.faults.set([{ effect: { kind: 'documented-error', error: id } }])
  const answer = await (example?.run(scene) ?? scene.call({ method, path }))
  const retryAfter = answer.headers['retry-after']
  return {
    method,
    path,
    by: example === undefined ? 'fault' : 'rules',
    status: answer.status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    body: answer.body,
  }
}
