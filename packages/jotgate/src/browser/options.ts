import type { LoginStepEvent } from './direct/login-step.ts'
import type { ConnectionEvent } from './reasons.ts'

/** Where a page gets its token from. */
export type TokenSource =
  /** The application's endpoint, asked by POST with the page's own cookies. It answers `{ token }`. */
  | { url: string }
  /** A function that gives a fresh token each time; null when nobody is logged in to the application. */
  | (() => Promise<string | null>)

/** What `connect` needs, whichever way and product it is. */
export interface CommonOptions {
  /** The origin of Qlik, or of the gateway: https, or plain http for loopback names. */
  url: string
  /** How long each step of the login may take. Default 30000, 1 to 300000. */
  timeoutMs?: number
  /**
   * Hears each step of the login as it begins and ends, and those of each renewal later on: for a page
   * that shows the way in, or for measuring it. What it throws does not stop the login.
   */
  onStep?: (event: LoginStepEvent) => void
  /**
   * Hears what becomes of the connection: it was renewed, it waits and tries again, or it has ended for good.
   * What it throws does not stop the connection.
   */
  onEvent?: (event: ConnectionEvent) => void
  /** The fetch that is used. Default the browser's. */
  fetch?: typeof globalThis.fetch
  /** The WebSocket that is used. Default the browser's. */
  WebSocket?: new (
    url: string,
  ) => WebSocket
}

/** What a login needs. */
export interface WithToken extends CommonOptions {
  token: TokenSource
}

/** What `connect` needs where the page speaks with Qlik itself, by Qlik's own cookies. */
export interface DirectOptions extends WithToken {
  mode: 'direct'
}

/** What `connect` needs for Qlik Cloud. */
export interface CloudOptions extends DirectOptions {
  product?: 'cloud'
  /** The web integration that lists this page's origin. */
  webIntegrationId: string
}

/** What `connect` needs for client-managed Qlik. */
export interface ClientManagedOptions extends DirectOptions {
  product: 'client-managed'
  /** The prefix of the virtual proxy with the authentication method JWT; omitted for the default virtual proxy. */
  prefix?: string
}

/** What `connect` needs where a gateway stands in front of Qlik, whichever product that is. */
export interface GatewayOptions extends CommonOptions {
  /** `gateway`: the page speaks with a gateway under its own site, and no cookie or token of Qlik is in the browser. */
  mode: 'gateway'
  /**
   * Asks the host application for a new host assertion, or provider token; null when nobody is logged in there. It is asked
   * again before the session ends. Omitted where the gateway asks the host application itself.
   */
  assertion?: (() => Promise<string | null>) | undefined
}

/** What `connect` needs. */
export type ConnectOptions = CloudOptions | ClientManagedOptions | GatewayOptions
