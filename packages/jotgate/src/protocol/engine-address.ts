import { found, type Reading, readEach, readWholeNumber, refused } from '../values/index.ts'

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
 * Reads the address of an app's engine.
 *
 * @param origin the deployment's origin; `http:` becomes `ws:`, `https:` becomes `wss:`
 * @param options.basePath what stands before the path: `/jwt` for a virtual proxy of that prefix
 * @see https://qlik.dev/apis/json-rpc/qix/ and the addresses that enigma.js builds
 */
export function readEngineAddress(
  origin: string,
  { appId, identity, ttlSeconds, basePath = '' }: EngineAddress & { readonly basePath?: string },
): Reading<URL> {
  const segments = [found('app'), readPathSegment('appId', appId)]
  if (identity !== undefined)
    segments.push(found('identity'), readPathSegment('identity', identity))
  if (ttlSeconds !== undefined) segments.push(found('ttl'), readTtl(ttlSeconds))
  const path = readEach(segments)
  if (path.problems !== undefined) return path
  return found(new URL(`${basePath}/${path.value.join('/')}`, toWebSocketOrigin(origin)))
}

/** Reads text that becomes one segment of a path, and stays one: a URL parser reads dots as a way up. */
function readPathSegment(option: string, value: unknown): Reading<string> {
  if (typeof value !== 'string' || value === '' || value.length > 256 || !value.isWellFormed())
    return refused(option, 'must be a string of 1 to 256 characters')
  if (value === '.' || value === '..') return refused(option, 'must not consist of dots alone')
  return found(encodeURIComponent(value))
}

function readTtl(value: unknown): Reading<string> {
  const seconds = readWholeNumber('ttlSeconds', value, { min: 0, max: 86_400 })
  return seconds.problems === undefined ? found(String(seconds.value)) : seconds
}

/** The origin for sockets: `ws:` for `http:`, `wss:` for `https:`. */
export function toWebSocketOrigin(origin: string): string {
  return origin.replace(/^http/, 'ws')
}
