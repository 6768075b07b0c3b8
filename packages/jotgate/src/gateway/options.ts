import type { Logger } from 'pino'
import type { QlikSession, Transport } from '../qlik/index.ts'
import type { Deployment, SigningKey } from '../token/index.ts'
import type { Authorise } from './authorise/authorisation.ts'
import type { IdentifierFactory } from './identify/identity.ts'
import type { Rate } from './server/rate-limit.ts'
import type { Store } from './store/store.ts'
import type { SocketLimits } from './websocket/socket-count.ts'

/** Which paths of Qlik are carried. */
export interface PathOptions {
  /** Sets of the allow-list. Default all that the product has for pages. */
  readonly presets?: readonly string[]
  /** Further lines, such as `GET /api/v1/data-files/*`, without the prefix of a virtual proxy. At most 1000. */
  readonly allowPaths?: readonly string[]
  /** What happens with others: refused, or carried and reported while a deployment is tried. Default `deny`. */
  readonly unlisted?: 'deny' | 'report'
}

/** The Qlik behind the gateway. */
export interface UpstreamOptions {
  readonly deployment: Deployment
  /** Signs the tokens that Qlik gets. */
  readonly key: SigningKey
  /** How long they live, in seconds. Default 60, 1 to 3600. */
  readonly lifetimeSeconds?: number
  /**
   * The addresses of its proxy nodes, of the same scheme, where client-managed Qlik has several: a Qlik session is
   * pinned to one of them, and opened again at another when that is gone. 1 to 20. Default the deployment's own address.
   */
  readonly nodes?: readonly string[]
  /** Other host names of the same tenant, whose addresses in answers are rewritten too. At most 20. */
  readonly hostNames?: readonly string[]
  /**
   * Whether its paths begin at the gateway's root, without the prefix of the virtual proxy: /hub/ in place of /jwt/hub/,
   * which still works. Default false: they are the same on both sides.
   */
  readonly atRoot?: boolean
  /**
   * Whether each gateway session has engine sessions of its own, by `/identity/…` in the path of its web sockets. Default
   * false: what a person selects in one browser is selected in their others, as it is without a gateway.
   */
  readonly isolate?: boolean
  /** Which paths are carried to it. Default the gateway's `paths`. */
  readonly paths?: PathOptions
  /** How Qlik is reached: a private authority, a proxy server. Default Node's own authorities, no proxy. */
  readonly transport?: Transport
  /**
   * Ends one session at Qlik, when nobody refers to it any more: for client-managed Qlik, `endSessionAtProxies` with a
   * client certificate. Default the product's own log-out, but on client-managed Qlik none, because there it may end
   * other sessions of the same person: the session is kept for them until it has been idle for too long.
   */
  readonly endSession?: (session: QlikSession) => Promise<void>
}

/** Where the audit log is. */
export interface AuditOptions {
  /** A folder of its own; made with mode 0700 when it is missing. */
  readonly folder: string
  /** Chains the lines: 32 bytes or more, which are not kept beside the log. */
  readonly key: Uint8Array
  /** How long the disk may take, in milliseconds, before the log is away and nobody is let in. Default 1000, 100 to 60000. */
  readonly timeoutMs?: number
  /** Gets the log's head each minute. Default: a line of JSON on stdout. */
  readonly writeHead?: (head: string) => void
}

/** The address of a gateway, and who may use it there. */
interface SiteAddress {
  /** The gateway's own origin, such as https://qlik.acme.example. Requests for any other host are refused. */
  readonly publicUrl: string
  /** Origins of the host application's pages: same scheme and registrable domain as `publicUrl`. 1 to 100. */
  readonly allowedOrigins: readonly string[]
  /** On the host application's own origin: everything of the gateway's own is under `/.jotgate`. Default false. */
  readonly sameOrigin?: boolean
  /** Where the host application logs people in: for navigations without a session. */
  readonly loginUrl?: string
}

/** One of several sites of a gateway. The `Host` of a request says which one is meant. */
export interface SiteOptions extends SiteAddress {
  /**
   * The name of the deployment behind it. Default the only one; where there are several, the one that `authorise`
   * names for each person.
   */
  readonly upstream?: string
  /**
   * Of a site whose people have different deployments: the one whose static files are given to who has no session.
   * Default none, so that nothing of Qlik is.
   */
  readonly staticFilesFrom?: string
  /** How it is known who sends a request to this site. Default the gateway's `identify`. */
  readonly identify?: GatewayOptions['identify']
  /** Whether they may, and as whom, at this site. Default the gateway's `authorise`. */
  readonly authorise?: Authorise
}

/**
 * What `createGateway` takes: one site (`publicUrl` and `allowedOrigins`) or `sites`, one deployment (`upstream`) or
 * `upstreams`, and what they share.
 */
export interface GatewayOptions extends Partial<SiteAddress> {
  /** Several sites, in place of the address of one. 1 to 100, of different host names. */
  readonly sites?: readonly SiteOptions[]
  /** The deployment behind the gateway. */
  readonly upstream?: UpstreamOptions
  /** Several deployments by name, in place of one. 1 to 100; names have up to 64 letters, digits, `.`, `_` and `-`. */
  readonly upstreams?: Readonly<Record<string, UpstreamOptions>>
  /** How it is known who sends a request. Of several, the issuer of a token chooses; without a token the host application is asked. */
  readonly identify: IdentifierFactory | readonly IdentifierFactory[]
  /** Whether they may, and as whom. Default: everybody, as the host application names them, without groups. */
  readonly authorise?: Authorise
  readonly store: Store | Promise<Store>
  readonly audit: AuditOptions
  readonly session?: {
    /** Ends a session when nothing was asked for so long. Default 1800, 60 to 86400. */
    readonly idleSeconds?: number
    /** Ends every session after so long. Default 28800, 60 to 604800. */
    readonly absoluteSeconds?: number
    /** How many there may be. Default 100000, 1 to 1000000. */
    readonly maxSessions?: number
  }
  /** Which paths are carried, to deployments that do not say it themselves. */
  readonly paths?: PathOptions
  /**
   * Addresses and networks, such as 10.0.0.0/8, of what stands in front of the gateway and ends TLS: their
   * `X-Forwarded-For` says which address a request comes from. Without them, all that comes by a load balancer counts
   * as one address. Default none; at most 100.
   */
  readonly trustedProxies?: readonly string[]
  /** How much is answered before 429 is; each with `perSecond` in the long run and `burst` at once, 0.01 to 1000000. */
  readonly rates?: {
    /** Requests of one client address, or of one IPv6 network of 64 bits. Default 500 a second, 2000 at once. */
    readonly address?: Rate
    /** Logins of one person, each of which may cost a signature. Default one in two seconds, 20 at once. */
    readonly person?: Rate
  }
  /** How many web sockets may be open at once. Default 10000, and 100 of one person. */
  readonly sockets?: Partial<SocketLimits>
  /** Where the gateway logs. Default lines of JSON on stderr. */
  readonly log?: Logger
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}
