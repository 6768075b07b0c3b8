import { browserErrors } from './errors.ts'
import type { LoginStepEvent } from './login-step.ts'

/** Where a page gets its token from. */
export type TokenSource =
  /** The application's endpoint, asked by POST with the page's own cookies. It answers `{ token }`. */
  | { url: string }
  /** A function that gives a fresh token each time. */
  | (() => Promise<string>)

/** What `connect` needs. */
export interface ConnectOptions {
  /** `direct`: the page speaks with Qlik itself, by Qlik's own cookies. */
  mode: 'direct'
  /** The tenant's origin: https, or plain http for loopback names. */
  url: string
  /** The web integration that lists this page's origin. */
  webIntegrationId: string
  token: TokenSource
  /** How long each step of the login may take. Default 30000, 1 to 300000. */
  timeoutMs?: number
  /**
   * Hears each step of the login as it begins and ends, and those of each renewal later on: for a page
   * that shows the way in, or for measuring it. What it throws does not stop the login.
   */
  onStep?: (event: LoginStepEvent) => void
  /** The fetch that is used. Default the browser's. */
  fetch?: typeof globalThis.fetch
  /** The WebSocket that is used. Default the browser's. */
  WebSocket?: new (
    url: string,
  ) => WebSocket
}

/** Options that have been checked. */
export interface DirectOptions {
  /** The tenant's origin. */
  url: string
  webIntegrationId: string
  token: TokenSource
  timeoutMs: number
  onStep: ((event: LoginStepEvent) => void) | undefined
  fetch: typeof globalThis.fetch
  WebSocket: new (url: string) => WebSocket
}

export function parseOptions(options: ConnectOptions): DirectOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const refuse = (option: string, problem: string) =>
    browserErrors.ERR_BROWSER_OPTION({ option, problem })
  const { mode, webIntegrationId, token, timeoutMs = 30_000, onStep } = options
  if (mode !== 'direct') throw refuse('mode', "must be 'direct'")
  if (typeof webIntegrationId !== 'string' || !/^[\w-]{1,128}$/.test(webIntegrationId))
    throw refuse('webIntegrationId', 'must be the ID alone, without blanks, slash or quotes')
  if (typeof token !== 'function' && (typeof token?.url !== 'string' || token.url === ''))
    throw refuse('token', 'must be { url } or a function')
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 300_000)
    throw refuse('timeoutMs', 'must be a whole number from 1 to 300000')
  if (onStep !== undefined && typeof onStep !== 'function')
    throw refuse('onStep', 'must be a function')
  return {
    url: parseOrigin(options.url),
    webIntegrationId,
    token,
    timeoutMs,
    onStep,
    // Looked up at each call and called as the global's own, as browsers demand.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
  }
}

function parseOrigin(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isOrigin =
    url !== undefined &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    url.pathname === '/'
  if (isOrigin && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))))
    return url.origin
  const problem =
    'must be the tenant’s origin, such as https://acme.eu.qlikcloud.com (http for loopback names only)'
  throw browserErrors.ERR_BROWSER_OPTION({ option: 'url', problem })
}

const isLoopback = ({ hostname }: URL) =>
  /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
