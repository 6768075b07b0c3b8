import { randomUUID, sign } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Engine, EngineUser } from '../../engine/index.ts'
import { makeTestKey, type TestKey } from '../../jwt/testing/certificate.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../start/emulator.ts'

export const testIssuer = 'acme.example'
export const testKeyId = 'acme-1'
export const testOrigin = 'http://localhost:3000'

/** An engine that only writes down whom it was handed. */
interface FakeEngine extends Engine {
  readonly accepted: { appId: string; identity?: string; ttlSeconds?: number; user: EngineUser }[]
  readonly closedUsers: string[]
}

function createFakeEngine(): FakeEngine {
  const accepted: FakeEngine['accepted'] = []
  const closedUsers: string[] = []
  const apps = [
    { id: 'sales', name: 'Sales' },
    { id: 'secret', name: 'Secret' },
  ]
  return {
    accepted,
    closedUsers,
    apps: () => apps,
    hasApp: (appId) => apps.some((app) => app.id === appId),
    mayOpen: (appId, user) => appId === 'sales' || user.isAdmin === true,
    accept(socket: WebSocket, request) {
      const { onFrame: _, faultOf: __, mayOpen: ___, ...rest } = request
      accepted.push(rest)
      socket.send(JSON.stringify({ opened: request.appId }))
    },
    preview: () => undefined,
    closeSessionsOf: (userId) => closedUsers.push(userId),
    reset: () => {},
    close: () => {},
  }
}

let sharedKey: TestKey | undefined

/** A tenant with one identity provider, one web integration and a key that its tokens are signed with. */
export interface TestTenant {
  readonly emulator: Emulator
  readonly engine: FakeEngine
  readonly key: TestKey
  readonly webIntegrationId: string
  /** Sends a request as the administrator. */
  admin(method: string, path: string, body?: unknown): Promise<Response>
  /** Sends a request as nobody, with these headers. */
  send(method: string, path: string, headers?: Record<string, string>): Promise<Response>
  /** The claims that Qlik asks for, right at this moment of the emulator's clock. */
  claims(changes?: Record<string, unknown>): Record<string, unknown>
  /** A token of them, RS256, with the tenant's key. */
  token(changes?: Record<string, unknown>, header?: Record<string, unknown>): string
  postToken(token: string): Promise<Response>
  /** Logs in and gives the session's `Cookie` header and CSRF token. */
  login(changes?: Record<string, unknown>): Promise<{ cookie: string; csrfToken: string }>
  close(): Promise<void>
}

/** Base64url of a text or of the JSON of a value. */
export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  )
}

/** Signs header and payload, already encoded, with RS256. */
export function signRs256(signedText: string, key: TestKey): string {
  return sign('sha256', Buffer.from(signedText), key.privateKey).toString('base64url')
}

function cookieHeaderOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.slice(0, line.indexOf(';')))
    .join('; ')
}

/** Starts the tenant; with an engine that only writes down whom it was handed, where none is given. */
export async function startTenant(
  options: Omit<EmulatorOptions, 'apps'> & { clockToleranceSec?: number; engine?: Engine } = {},
): Promise<TestTenant> {
  const { clockToleranceSec, ...startOptions } = options
  const engine = createFakeEngine()
  const emulator = await startEmulator({ engine, ...startOptions })
  sharedKey ??= makeTestKey()
  const key = sharedKey
  const send: TestTenant['send'] = (method, path, headers = {}) =>
    fetch(emulator.url + path, { method, headers, redirect: 'manual' })
  const admin: TestTenant['admin'] = (method, path, body) =>
    fetch(emulator.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${emulator.adminKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  await admin('POST', '/api/v1/identity-providers', {
    protocol: 'jwtAuth',
    provider: 'external',
    options: { issuer: testIssuer, staticKeys: [{ kid: testKeyId, pem: key.certificateLine }] },
    ...(clockToleranceSec === undefined ? {} : { clockToleranceSec }),
  })
  const integration = await admin('POST', '/api/v1/web-integrations', {
    name: 'portal',
    validOrigins: [testOrigin],
  })
  const { id: webIntegrationId } = (await integration.json()) as { id: string }

  const claims: TestTenant['claims'] = (changes = {}) => {
    const now = Math.floor(emulator.clock.now().getTime() / 1000)
    const all = {
      iss: testIssuer,
      aud: 'qlik.api/login/jwt-session',
      sub: 'ada',
      subType: 'user',
      name: 'Ada',
      email: 'ada@acme.example',
      email_verified: true,
      jti: randomUUID(),
      iat: now,
      nbf: now,
      exp: now + 60,
      ...changes,
    }
    // A change to undefined leaves the claim out.
    return JSON.parse(JSON.stringify(all))
  }
  const token: TestTenant['token'] = (changes, header = {}) => {
    const head = { alg: 'RS256', typ: 'JWT', kid: testKeyId, ...header }
    const signedText = `${encode(head)}.${encode(claims(changes))}`
    return `${signedText}.${signRs256(signedText, key)}`
  }
  const postToken: TestTenant['postToken'] = (text) =>
    send('POST', '/login/jwt-session', { authorization: `Bearer ${text}` })
  return {
    emulator,
    engine,
    key,
    webIntegrationId,
    admin,
    send,
    claims,
    token,
    postToken,
    async login(changes) {
      const response = await postToken(token(changes))
      if (response.status !== 200) throw new Error(`login failed: ${await response.text()}`)
      const cookie = cookieHeaderOf(response)
      return { cookie, csrfToken: /_csrfToken=([^;]*)/.exec(cookie)?.[1] ?? '' }
    },
    close: () => emulator.close(),
  }
}
