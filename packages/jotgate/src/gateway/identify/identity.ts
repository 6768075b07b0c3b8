import type { User } from '../../token/index.ts'
import type { GatewayRequest } from '../request.ts'
import type { IssuerEvent } from './keys/trusted-keys.ts'

/** Who sends a request, and what says so. */
export interface Identity {
  /** As the host application or the provider says it; `authorise` decides as whom they reach Qlik. */
  readonly user: User
  /** What says so. */
  readonly source: 'callback' | 'assertion' | 'provider-token'
  /**
   * Until when it holds without being said again, in milliseconds since 1970: 15 minutes after an assertion,
   * `exp` of a provider token. Undefined where the host application is asked with each request.
   */
  readonly endsAt?: number
  /**
   * Of a token, the SHA-256 of its canonical signing input as hex: by it a program's session is found again.
   * Never of the token's string, which is not its identity.
   */
  readonly tokenHash?: string
  /** Of a token, its `exp` in milliseconds since 1970: a program's session ends then. */
  readonly tokenExpiresAt?: number
  /** Of a token that may be used once: consumed before the session is opened. */
  readonly once?: { readonly issuer: string; readonly jti: string; readonly expiresAt: number }
}

/** What says who sends a request: all but its connection, since sockets outlive the request that opened them. */
export type RequestToIdentify = Omit<GatewayRequest, 'incoming'>

/** A way to know who sends a request. */
export interface Identifier {
  /**
   * Whether the host application can be asked with each request (callback): then a session is bound to its
   * answer. Otherwise a token comes with the login, or with each call of a program.
   */
  readonly asksHost: boolean
  /** Of tokens, the one issuer whose tokens it accepts: a token's `iss` chooses among several ways to identify. */
  readonly issuer?: string
  /**
   * Says who sends the request: of a login, or of a program's call. It consumes nothing.
   *
   * @returns undefined when nobody is logged in to the host application (callback only)
   * @throws ERR_GATEWAY_NOT_IDENTIFIED (401) for a token that is not accepted, ERR_GATEWAY_HOST_SILENT (503)
   * when the host application, or the provider's keys, give no answer
   */
  identify(
    request: RequestToIdentify,
    options?: { signal?: AbortSignal },
  ): Promise<Identity | undefined>
  /** Fetches what it needs before the first request: a provider's description, a key set. */
  prepare?(): Promise<void>
}

/** What a way to identify gets from the gateway that it is given to. */
export interface IdentifierContext {
  /** The audience of a host assertion. */
  readonly publicUrl: string
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
  /** Milliseconds that only grow, for how long keys are kept. Default `performance.now`. */
  readonly monotonicClock?: () => number
  /** Called when the keys of an issuer were read, or could not be; for the log. */
  readonly onEvent?: (event: IssuerEvent) => void
}

/** Makes an identifier for one gateway: what `identifyByCallback` and its like return. */
export type IdentifierFactory = (context: IdentifierContext) => Identifier
