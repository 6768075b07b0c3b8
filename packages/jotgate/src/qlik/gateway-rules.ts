import type { Deployment, User } from '../token/index.ts'
import type { JsonObject } from '../values/index.ts'

/** One line of the allow-list: paths of Qlik that a gateway may carry. */
export interface PathRule {
  /** Which set it belongs to. */
  readonly preset: string
  /** Methods, or `upgrade` for a web socket. `HEAD` comes with `GET`. */
  readonly methods: readonly string[]
  /**
   * A path below the product's base path: segments as they are, `{name}` for one, `*` at the end for the rest.
   * The rest may be empty: `/single/*` is `/single` too.
   */
  readonly pattern: string
  /** `public`: static files, answered without a session and asked for without credentials. */
  readonly access: 'session' | 'public'
  /** Whether the answer's body holds addresses of the deployment that a client follows. */
  readonly rewrites: boolean
  /** Where it is known from, and how sure it is. */
  readonly source: string
  readonly certainty: 'sure' | 'likely' | 'guess'
}

/** Paths that are closed for every method, whatever the settings say. */
export interface ClosedPath {
  /** As in `PathRule`. */
  readonly pattern: string
  /** Patterns below it that a setting may open, for GET and HEAD alone. */
  readonly readable?: readonly string[]
}

/** What a gateway answers itself, in Qlik's place. */
export interface OwnPath {
  readonly methods: readonly string[]
  readonly path: string
  readonly answer: 'product-info' | 'log-in' | 'log-out' | 'csrf-token' | 'current-user'
}

/** Who asks, and where a gateway logs people in and out. */
export interface UserQuestion {
  /** Undefined when nobody is logged in. */
  readonly user: User | undefined
  readonly deployment: Deployment
  readonly query: URLSearchParams
  readonly logOutUrl: string
  /** @returns undefined when people do not log in by an address, or the address to return to is not theirs */
  logInUrl(returnTo: string): string | undefined
}

/** A JSON-RPC message of a web socket without an ID. */
export interface QlikNotification {
  readonly method: string
  readonly params: JsonObject
}

/** What a gateway needs to know of a product. */
export interface GatewayRules {
  readonly paths: readonly PathRule[]
  /** Administration, and what opens or ends a Qlik session: no setting opens it. */
  readonly closed: readonly ClosedPath[]
  readonly ownPaths: readonly OwnPath[]
  /**
   * Parameters of a query that are credentials, or belong to them. A client's are never passed on: they would
   * make the request somebody else's.
   */
  readonly credentialParameters: readonly string[]
  /** By this Qlik's own clients know the product. */
  readonly productInfo: JsonObject
  /** What the own path `current-user` answers; omitted where there is none. */
  describeUser?(question: UserQuestion): JsonObject
  /** Whether its web sockets take pings. A gateway answers those of clients otherwise, and passes none on. */
  readonly takesPings: boolean
  /**
   * What stands in place of a notification's parameters that lead a person to an address of Qlik's own; undefined for
   * all others. Omitted where there are none.
   */
  rewriteNotification?(
    notification: QlikNotification,
    urls: { readonly logInUrl: string | undefined; readonly logOutUrl: string },
  ): JsonObject | undefined
  /** Users with the same key share one Qlik session; undefined when nobody may. */
  sharedBy(user: User): string | undefined
  /** Whether a deployment may have several proxy nodes, each with an address and with sessions of its own. */
  readonly hasNodes: boolean
  /** After how many seconds without a request a Qlik session ends, and at most, unless the deployment was set up otherwise. */
  readonly sessionEnds: { readonly idleSeconds: number; readonly maxSeconds?: number }
}
