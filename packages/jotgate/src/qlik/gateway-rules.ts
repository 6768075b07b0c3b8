import type { User } from '../token/index.ts'

/** One line of the allow-list: paths of Qlik that a gateway may carry. */
export interface PathRule {
  /** Which set it belongs to. */
  readonly preset: string
  /** Methods, or `upgrade` for a web socket. `HEAD` comes with `GET`. */
  readonly methods: readonly string[]
  /** A path below the product's base path: segments as they are, `{name}` for one, `*` at the end for the rest. */
  readonly pattern: string
  /** `public`: static files, answered without a session and asked for without credentials. */
  readonly access: 'session' | 'public'
  /** Whether the answer's body holds addresses of the deployment that a client follows. */
  readonly rewrites: boolean
  /** Where it is known from, and how sure it is. */
  readonly source: string
  readonly certainty: 'sure' | 'likely' | 'guess'
}

/** What a gateway answers itself, in Qlik's place. */
export interface OwnPath {
  readonly methods: readonly string[]
  readonly path: string
  readonly answer: 'product-info' | 'log-in' | 'log-out' | 'csrf-token'
}

/** What a gateway needs to know of a product. */
export interface GatewayRules {
  readonly paths: readonly PathRule[]
  /** Patterns of administration that no setting opens. */
  readonly closed: readonly string[]
  readonly ownPaths: readonly OwnPath[]
  /** Users with the same key share one Qlik session; undefined when nobody may. */
  sharedBy(user: User): string | undefined
}
