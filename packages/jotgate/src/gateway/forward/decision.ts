import type { GatewayRequest } from '../request.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import type { UpstreamSession } from '../session/upstream-session.ts'

/** What a path of the allow-list is. */
export interface Route {
  /** `public` is answered without a session and forwarded without credentials. */
  readonly access: 'session' | 'public'
  /** For the report: the line of the allow-list. */
  readonly pattern: string
  /** Whether addresses in the answer's body are rewritten: then Qlik is asked for `identity`, and no Range is sent. */
  readonly rewrites: boolean
}

/** What happens with a request. There are three outcomes. */
export type Decision =
  | {
      readonly outcome: 'forward'
      readonly route: Route
      readonly session?: GatewaySession
      readonly upstream?: UpstreamSession
      /** Path and query as Qlik gets them. */
      readonly target: string
      /** All fields that Qlik gets, credentials included. */
      readonly headers: readonly (readonly [name: string, value: string])[]
    }
  /** Nobody is logged in: 401 as a problem, or a page's navigation is led to the host application. */
  | { readonly outcome: 'log-in'; readonly location?: string }
  | { readonly outcome: 'deny'; readonly error: Error }

/** A request that goes to Qlik. */
export type Forwarding = Extract<Decision, { outcome: 'forward' }>

/** Decides it. The forwarder is one of its users; another proxy may be another. */
export type Decide = (request: GatewayRequest, kind: 'http' | 'upgrade') => Promise<Decision>
