import { readOrigin, readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { browserErrors } from '../errors.ts'
import type { ConnectOptions, TokenSource } from '../options.ts'
import type { ConnectionEvent } from '../reasons.ts'
import type { LoginStepEvent } from './login-step.ts'

/** Options that have been checked. */
export interface DirectOptions {
  /** The tenant's origin. */
  url: string
  webIntegrationId: string
  token: TokenSource
  timeoutMs: number
  onStep: ((event: LoginStepEvent) => void) | undefined
  onEvent: ((event: ConnectionEvent) => void) | undefined
  fetch: typeof globalThis.fetch
  WebSocket: new (url: string) => WebSocket
}

export function parseDirectOptions(options: ConnectOptions): DirectOptions {
  const { webIntegrationId, token, onStep, onEvent } = options
  const url = valueOrThrow(readOrigin('url', options.url), browserErrors.ERR_BROWSER_OPTION)
  const bounds = { min: 1, max: 300_000, fallback: 30_000 }
  const timeoutMs = valueOrThrow(
    readWholeNumber('timeoutMs', options.timeoutMs, bounds),
    browserErrors.ERR_BROWSER_OPTION,
  )
  const refuse = (option: string, problem: string) =>
    browserErrors.ERR_BROWSER_OPTION({ option, problem })
  if (typeof webIntegrationId !== 'string' || !/^[\w-]{1,128}$/.test(webIntegrationId))
    throw refuse('webIntegrationId', 'must be the ID alone, without spaces, slash or quotes')
  if (typeof token !== 'function' && (typeof token?.url !== 'string' || token.url === ''))
    throw refuse('token', 'must be { url } or a function')
  for (const [name, listener] of Object.entries({ onStep, onEvent }))
    if (listener !== undefined && typeof listener !== 'function')
      throw refuse(name, 'must be a function')
  return {
    url,
    webIntegrationId,
    token,
    timeoutMs,
    onStep,
    onEvent,
    // Looked up at each call and called as the global's own, as browsers demand.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
  }
}
