import type {
  AssertionOptions,
  PathOptions,
  ProviderOptions,
  TlsFiles,
} from '../../gateway/index.ts'
import type { Deployment } from '../../token/index.ts'

/** How it is known who sends a request to a gateway. */
export interface GatewayIdentify {
  readonly assertion?: AssertionOptions
  readonly provider?: ProviderOptions
}

/** What the checks of a gateway are told: what its configuration says. */
export interface GatewayContext {
  readonly sites: readonly {
    readonly publicUrl: string
    readonly allowedOrigins: readonly string[]
    /** Default that of the gateway. */
    readonly identify?: GatewayIdentify
  }[]
  readonly identify: GatewayIdentify
  readonly deployments: readonly {
    /** Undefined for the only one. */
    readonly name?: string
    readonly deployment: Deployment
    readonly paths?: PathOptions
    /** Addresses of its proxy nodes. Default its own. */
    readonly nodes?: readonly string[]
    /** How it is reached. Default the runtime’s fetch. */
    readonly fetch?: typeof globalThis.fetch
  }[]
  readonly store: { readonly file: string; readonly keysFile: string }
  readonly audit: { readonly folder: string; readonly keyFile: string }
  /** The certificates that it serves itself. Default none: TLS ends in front of it, or there is none. */
  readonly tls?: readonly TlsFiles[]
  readonly trustedProxies?: readonly string[]
  /**
   * Reads everything that the gateway reads when it starts, and gives what is allowed and seldom meant; it throws what
   * keeps the gateway from starting. Default nothing: it is then not tried.
   */
  readonly readAll?: () => Promise<readonly string[]>
  /** How its public address is reached. Default the runtime’s fetch. */
  readonly fetch?: typeof globalThis.fetch
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}
