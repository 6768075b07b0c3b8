import { isWholeNumber, type Problem } from '../values/index.ts'

/** Which engine session, for which app. */
export interface EngineAddress {
  /** The app, 1 to 256 characters. */
  readonly appId: string
  /** A name for an engine session with selections of its own, 1 to 256 characters. */
  readonly identity?: string | undefined
  /** How long the engine session outlives its last socket, 0 to 86400. */
  readonly ttlSeconds?: number | undefined
}

/**
 * Gives the address of an app's engine.
 *
 * @param origin the deployment's origin; `http:` becomes `ws:`, `https:` becomes `wss:`
 * @param options.basePath what stands before the path: `/jwt` for a virtual proxy of that prefix
 * @param toError makes the error of what is wrong
 * @see https://qlik.dev/apis/json-rpc/qix/ and the addresses that enigma.js builds
 */
export function toEngineAddress(
  origin: string,
  options: EngineAddress & { readonly basePath?: string },
  toError: (problem: Problem) => Error,
): URL {
  const { appId, identity, ttlSeconds, basePath = '' } = options
  assertQlikId('appId', appId, toError)
  let path = `${basePath}/app/${encodeURIComponent(appId)}`
  if (identity !== undefined) {
    assertQlikId('identity', identity, toError)
    path += `/identity/${encodeURIComponent(identity)}`
  }
  if (ttlSeconds !== undefined) {
    if (!isWholeNumber(ttlSeconds, 0, 86_400))
      throw toError({ option: 'ttlSeconds', problem: 'must be a whole number from 0 to 86400' })
    path += `/ttl/${ttlSeconds}`
  }
  return new URL(path, toWebSocketOrigin(origin))
}

/** Throws unless a value can be an ID or a name in an address of Qlik. */
export function assertQlikId(
  option: string,
  value: unknown,
  toError: (problem: Problem) => Error,
): asserts value is string {
  // A URL parser reads dots as a way up.
  if (typeof value !== 'string' || !/^(?!\.\.?$).{1,256}$/s.test(value) || !value.isWellFormed())
    throw toError({ option, problem: 'must be 1 to 256 characters, not dots' })
}

/** The origin for sockets: `ws:` for `http:`, `wss:` for `https:`. */
export function toWebSocketOrigin(origin: string): string {
  return origin.replace(/^http/, 'ws')
}
