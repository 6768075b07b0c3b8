import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SigningKey } from '../token/index.ts'
import type { AdminListener, ListenAdminAt } from './admin/listen-admin.ts'
import type { NodeHealth } from './nodes/upstream-nodes.ts'
import type { ReloadOptions } from './reload/reloads.ts'
import type { ListenLimits } from './server/listen.ts'
import type { TlsCertificates } from './server/tls.ts'

/** Where a gateway listens. */
export interface ListenAt {
  /** Default 0, which chooses a free one. */
  readonly port?: number
  /** Default 127.0.0.1: what stands in front of it is on the same machine. */
  readonly host?: string
  /**
   * Serves HTTPS: the certificate of `publicUrl`, or one for each host name. Default none: HTTP, and what stands in front
   * ends TLS.
   */
  readonly tls?: TlsCertificates | undefined
  readonly limits?: Partial<ListenLimits>
}

/**
 * Which sessions to end: those of somebody as the host application names them, one, those of a site (its `publicUrl`)
 * or of an upstream (its name), or all. Of several members, all must match.
 */
export type SessionFilter =
  | {
      readonly subject: string
      readonly site?: string
      readonly upstream?: string
    }
  | { readonly sessionId: string }
  | { readonly site: string; readonly upstream?: string }
  | { readonly upstream: string }
  | { readonly all: true }

/** How the gateway is. */
export interface GatewayHealth {
  /** Whether sessions can be opened. */
  readonly ready: boolean
  readonly store: boolean
  readonly audit: boolean
  readonly sessions: number
  readonly sockets: number
  /** The nodes of Qlik; one for a deployment without nodes of its own. */
  readonly nodes: readonly NodeHealth[]
  /** The same of each deployment, where there are several. */
  readonly upstreams?: readonly {
    readonly name: string
    readonly sessions: number
    readonly sockets: number
  }[]
}

/** A gateway, mounted in a server or with its own. */
export interface Gateway {
  /** Answers a request; `next` is called for what is not the gateway's. Goes before any reader of bodies. */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: () => void) => void
  /** Answers the event `upgrade` of a server. */
  readonly upgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    next?: () => void,
  ) => void
  /** Listens with a server of its own. @throws ERR_GATEWAY_LISTEN, ERR_GATEWAY_TLS, ERR_GATEWAY_OPTION */
  listen(at?: ListenAt): Promise<{ readonly url: string; readonly port: number }>
  /**
   * Replaces the certificates of a gateway that serves HTTPS: new connections get the new ones, and no request is lost.
   *
   * @returns when the first of them expires, in milliseconds since 1970
   * @throws ERR_GATEWAY_TLS, and the gateway keeps those that it has
   */
  setTls(certificates: TlsCertificates): { readonly expiresAt: number }
  /**
   * Ends sessions and closes their sockets at once.
   *
   * @returns how many sessions
   * @throws ERR_GATEWAY_OPTION for a site or an upstream that the gateway does not have
   */
  endSessions(which: SessionFilter): Promise<{ readonly sessions: number }>
  health(): GatewayHealth
  /**
   * Listens for operators and their programs: `/live`, `/ready`, `/metrics`, and sessions, which can be listed and
   * ended. Several such listeners may be open, such as a socket for people and an address for Prometheus.
   *
   * @throws ERR_GATEWAY_ADMIN_LISTEN, ERR_GATEWAY_OPTION
   */
  listenAdmin(at: ListenAdminAt): Promise<AdminListener>
  /**
   * Signs tokens for Qlik with another key from now on; those that are being signed are signed with the key before.
   *
   * @param upstream for which deployment, where there are several
   * @throws ERR_TOKEN_ALGORITHM, ERR_TOKEN_KEY, ERR_GATEWAY_OPTION; the key before stays then
   */
  setSigningKey(key: SigningKey, upstream?: string): void
  /**
   * Reads files now, and again when they change, until the gateway is closed. When they cannot be read, the gateway
   * goes on with what it had, tells it in the log and in metrics, and tries again.
   *
   * @throws what the first `load` throws
   * @example
   * import type { Gateway } from 'jotgate/gateway'
   *
   * const file = 'keys/qlik.pem'
   * export const watchKey = (gateway: Gateway) =>
   *   gateway.reloadOnChange({
   *     name: 'signing key',
   *     files: [file],
   *     async load() {
   *       gateway.setSigningKey(await readSigningKey({ file, kid: 'acme-1' }))
   *       return undefined
   *     },
   *   })
   */
  reloadOnChange(options: ReloadOptions): Promise<void>
  /** Stops taking requests, lets those under way finish, tells sockets to resume elsewhere: within 15 seconds. */
  close(): Promise<void>
}
