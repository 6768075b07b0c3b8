import { randomUUID } from 'node:crypto'
import { connect } from 'jotgate/browser'
import {
  createAdministration,
  endSession,
  engineUrl,
  getCurrentUser,
  openSession,
  productFor,
  type QlikSession,
} from 'jotgate/qlik'
import { WebSocket } from 'ws'
import { createPageNetwork, type PageNetwork } from './page-fetch.ts'
import type { Tenant } from './stage.ts'

export const pageOrigin = 'http://portal.localhost:3000'

export const ada = {
  subject: 'acme|ada',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  emailVerified: true,
  groups: ['studio-warner'],
}

export const administrationOf = ({ deployment, emulator }: Tenant) =>
  createAdministration({ deployment, apiKey: emulator.adminKey })

/** A token as the product signs it. */
export async function signFor(tenant: Tenant, user = ada): Promise<string> {
  return (await tenant.signer.sign(user)).token
}

export async function enter(tenant: Tenant, user = ada): Promise<QlikSession> {
  return openSession({ deployment: tenant.deployment, token: await signFor(tenant, user) })
}

/** A token with claims and header of one's own: what a host application could sign by mistake. */
export async function signClaims(
  tenant: Tenant,
  changes: Readonly<Record<string, unknown>>,
): Promise<string> {
  const now = Math.floor(tenant.emulator.clock.now().getTime() / 1000)
  const claims = {
    iss: tenant.deployment.issuer,
    aud: 'qlik.api/login/jwt-session',
    sub: ada.subject,
    subType: 'user',
    name: ada.name,
    email: ada.email,
    email_verified: true,
    jti: randomUUID(),
    iat: now - 5,
    nbf: now - 5,
    exp: now + 60,
    ...changes,
  }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: tenant.key.kid })}.${encode(claims)}`
  const signature = await tenant.key.sign(new TextEncoder().encode(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

/**
 * Opens the engine’s web socket as a session and gives the first word of the engine, or why not.
 *
 * @param meanwhile goes on while the socket is open, and can ask the engine something
 */
export async function firstWord(
  tenant: Tenant,
  session: QlikSession,
  meanwhile?: (ask: () => Promise<void>) => Promise<void>,
): Promise<string> {
  const { headers } = productFor(tenant.deployment).authorizeUpgrade(session)
  const socket = new WebSocket(engineUrl({ session, appId: tenant.appId }), { headers })
  const { promise, resolve } = Promise.withResolvers<string>()
  const states: string[] = []
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as { params?: { qSessionState?: string } }
    const state = frame.params?.qSessionState
    if (state === undefined) return
    states.push(state)
    if (!state.startsWith('SESSION_ERROR')) resolve(state)
  })
  socket.on('close', (code) => resolve([...states, `closed ${code}`].join(', ')))
  socket.on('unexpected-response', (_request, response) => {
    response.resume()
    resolve(`refused ${response.statusCode}`)
  })
  socket.on('error', () => undefined)
  const ask = async () => {
    const answered = Promise.withResolvers<void>()
    socket.once('message', () => answered.resolve())
    socket.send(
      JSON.stringify({ jsonrpc: '2.0', id: 1, handle: -1, method: 'EngineVersion', params: [] }),
    )
    await answered.promise
  }
  try {
    const word = await promise
    await meanwhile?.(ask)
    return word
  } finally {
    socket.terminate()
  }
}

/** The login of a tab, with the network of a browser. */
export async function connectPage(
  tenant: Tenant,
  options: {
    webIntegrationId: string
    token?: () => Promise<string>
    origin?: string
    network?: PageNetwork
  },
) {
  const network = options.network ?? createPageNetwork(options.origin ?? pageOrigin)
  const connection = await connect({
    mode: 'direct',
    url: tenant.deployment.url,
    webIntegrationId: options.webIntegrationId,
    token: options.token ?? (() => signFor(tenant)),
    // Connections share a login where they share a fetch: each call here is a tab of its own.
    fetch: (input, init) => network.fetch(input, init),
    WebSocket: globalThis.WebSocket,
  })
  return { connection, network }
}

/** What became of one step: `ok`, or the code of the product's error. */
export async function outcomeOf(step: () => Promise<unknown>): Promise<string> {
  try {
    await step()
    return 'ok'
  } catch (error) {
    const { code } = Object(error) as { code?: unknown }
    // An error of another kind is a fault of the product: no step may end so.
    if (typeof code !== 'string' || !code.startsWith('ERR_')) throw error
    return code
  }
}

/** Every step of the product's way through a tenant. */
export interface FlowOutcome {
  readonly register: string
  readonly openSession: string
  readonly getCurrentUser: string
  readonly engine: string
  readonly endSession: string
  readonly afterwards: string
  readonly connect: string
  readonly user: string
  readonly logout: string
}

/** How the flow goes at a tenant that answers as documented. */
export const allWell: FlowOutcome = {
  register: 'ok',
  openSession: 'ok',
  getCurrentUser: 'ok',
  engine: 'SESSION_CREATED',
  endSession: 'ok',
  afterwards: 'ERR_QLIK_NOT_LOGGED_IN',
  connect: 'ok',
  user: 'ok',
  logout: 'ok',
}

/** Goes the whole way: an administrator's set-up, a server's session, a page's session. */
export async function runFlow(tenant: Tenant): Promise<FlowOutcome> {
  let webIntegrationId = ''
  const register = await outcomeOf(async () => {
    ;({ webIntegrationId } = await tenant.register([pageOrigin]))
  })
  const skipped = 'skipped'
  const never: FlowOutcome = {
    register,
    openSession: skipped,
    getCurrentUser: skipped,
    engine: skipped,
    endSession: skipped,
    afterwards: skipped,
    connect: skipped,
    user: skipped,
    logout: skipped,
  }
  if (register !== 'ok') return never

  let session: QlikSession | undefined
  const opened = await outcomeOf(async () => {
    session = await enter(tenant)
  })
  const known = session
  const whoAmI = async (current: QlikSession) => {
    const { subject } = await getCurrentUser({ session: current })
    if (subject !== ada.subject) throw new Error(`the session is ${subject}’s`)
  }
  const server =
    known === undefined
      ? {}
      : {
          getCurrentUser: await outcomeOf(() => whoAmI(known)),
          engine: await firstWord(tenant, known),
          endSession: await outcomeOf(() => endSession({ session: known })),
          afterwards: await outcomeOf(() => whoAmI(known)),
        }

  let page: Awaited<ReturnType<typeof connectPage>> | undefined
  const connected = await outcomeOf(async () => {
    page = await connectPage(tenant, { webIntegrationId })
  })
  const browser =
    page === undefined
      ? {}
      : {
          user: await outcomeOf(page.connection.user),
          logout: await outcomeOf(page.connection.logout),
        }
  return { ...never, openSession: opened, ...server, connect: connected, ...browser }
}
