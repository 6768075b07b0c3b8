import { isJotgateError } from '../../errors/index.ts'
import { createTransport, productFor, type QlikProduct, type Transport } from '../../qlik/index.ts'
import { claimsFor, type Deployment, type User } from '../../token/index.ts'
import { definedOf, valueOrThrow } from '../../values/index.ts'
import { auditAt } from '../audit/audit-at.ts'
import { gatewayErrors } from '../errors.ts'
import { type AllowList, createAllowList } from '../forward/allow-list.ts'
import { type BasePath, createBasePath } from '../forward/base-path.ts'
import { readHostNames } from '../host-names.ts'
import { createAskNode } from '../nodes/ask-node.ts'
import { readNodes } from '../nodes/read-nodes.ts'
import { createUpstreamNodes, type UpstreamNodes } from '../nodes/upstream-nodes.ts'
import type { PathOptions, UpstreamOptions } from '../options.ts'
import { createFetchAlone } from '../session/fetch-alone.ts'
import type { UpstreamSessions } from '../session/upstream-session.ts'
import { createUpstreamSessions } from '../session/upstream-sessions.ts'
import type { SharedParts } from '../shared-parts.ts'
import type { NamedUpstream } from '../sites/read-sites.ts'
import type { SocketCount } from '../websocket/socket-count.ts'
import { createTunnels, type Tunnels } from '../websocket/tunnels.ts'
import { createReplaceableSigner, type ReplaceableSigner } from './replaceable-signer.ts'

/** A deployment behind the gateway, whose options were checked. Nothing of it is open. */
export interface Upstream {
  readonly name: string
  readonly deployment: Deployment
  readonly product: QlikProduct
  /** Other host names of the same tenant. */
  readonly hostNames: readonly string[]
  /** The addresses of its nodes. */
  readonly nodeUrls: readonly string[]
  /** Where its paths are at the gateway. */
  readonly base: BasePath
  readonly paths: AllowList
  /** Whether the allow-list has lines for a path, for some method. */
  covers(path: string): boolean
  /** Why Qlik takes no token of a user, such as a missing e-mail address. */
  problemOf(user: User): string | undefined
  readonly signer: ReplaceableSigner
  readonly options: UpstreamOptions
}

/** A deployment with what the gateway reaches it by. */
export interface ConnectedUpstream extends Upstream {
  readonly transport: Transport
  /** Without connections that another session has used. */
  readonly fetch: typeof fetch
  readonly nodes: UpstreamNodes
  readonly sessions: UpstreamSessions
  readonly tunnels: Tunnels
}

/**
 * Reads the options of one deployment.
 *
 * @throws ERR_GATEWAY_OPTION, and what `createSigner` throws
 */
export function readUpstream(
  { name, option, options }: NamedUpstream,
  { clock, paths }: { readonly clock: () => number; readonly paths: PathOptions | undefined },
): Upstream {
  const { deployment, key, lifetimeSeconds, atRoot = false } = options
  const hostNames = valueOrThrow(
    readHostNames(`${option}.hostNames`, options.hostNames),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const nodeUrls = valueOrThrow(
    readNodes(`${option}.nodes`, options.nodes, deployment),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const product = productFor(deployment)
  const allowList = createAllowList({ rules: product.gatewayRules, ...(options.paths ?? paths) })
  const base = createBasePath(product.basePath(deployment), { atRoot })
  return {
    name,
    deployment,
    product,
    hostNames,
    nodeUrls,
    base,
    paths: allowList,
    covers: (path) => allowList.covers(base.below(path) ?? ''),
    problemOf: (user) => problemOf(deployment, user),
    signer: createReplaceableSigner({
      deployment,
      key,
      clock,
      ...definedOf({ lifetimeSeconds }),
    }),
    options,
  }
}

/** Opens what exists once for each deployment: its transport, its nodes, the Qlik sessions, the web sockets. */
export async function connectUpstream(
  upstream: Upstream,
  shared: SharedParts,
  {
    sockets,
    isOther,
  }: {
    /** Counts the web sockets of all deployments. */
    readonly sockets: SocketCount
    /** Whether another deployment of the gateway has a name. */
    readonly isOther: (name: unknown) => boolean
  },
): Promise<ConnectedUpstream> {
  const { name, deployment, product, nodeUrls, signer, options } = upstream
  const { sessions, store, metrics, clock, log } = shared
  const audit = auditAt(shared.audit, shared.placeOf({ upstream: name }))
  const transport = options.transport ?? (await createTransport({}))
  if (options.transport === undefined) shared.onClose(() => transport.close())
  const fetch = createFetchAlone(transport)
  const ask = createAskNode({ deployment, product, fetch })
  const nodes = createUpstreamNodes({ urls: nodeUrls, ask, clock, log })
  const upstreamSessions = await createUpstreamSessions({
    name,
    isOther,
    product: metrics.countLogins(product),
    deployment,
    nodes,
    signer,
    sessions,
    store,
    audit,
    clock,
    fetch,
    log,
    endSession: options.endSession,
  })
  shared.onClose(() => upstreamSessions.close(shared.closingMs()))
  metrics.addLoginQueue(() => upstreamSessions.waiting)
  const tunnels = createTunnels({
    deployment,
    transport,
    nodes,
    sessions,
    audit,
    log,
    onEvent: metrics.onSocketsClosed,
    sockets,
  })
  return { ...upstream, transport, fetch, nodes, sessions: upstreamSessions, tunnels }
}

function problemOf(deployment: Deployment, user: User): string | undefined {
  try {
    claimsFor(deployment, user, { jti: '', issuedAt: 0, notBefore: 0, expiresAt: 1 })
    return undefined
  } catch (error) {
    if (isJotgateError(error)) return error.message
    throw error
  }
}
