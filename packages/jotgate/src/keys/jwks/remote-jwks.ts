import type { RsaPublicJwk } from '../../token/index.ts'
import {
  readWebAddress,
  readWholeNumber,
  type SigningAlgorithm,
  valueOrThrow,
} from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { parseAlgorithm } from '../read/public-jwk.ts'
import { type JwksKey, parseJwks } from './jwk.ts'
import { createRemoteDocument } from './remote-document.ts'

/** Where a key set is, and the limits for fetching it. */
export interface RemoteJwksOptions {
  /** The set's address: https, or http on a loopback name. */
  url: string
  /** Default the global `fetch`. */
  fetch?: typeof globalThis.fetch
  /** The least time between two requests, whatever their result. Default 30, 1 to 3600. */
  cooldownSeconds?: number
  /** How long a set is used before it is fetched again. Default 600, 1 to 86400. */
  maxAgeSeconds?: number
  /** How long a set is used while fetching it fails. Default 3600, `maxAgeSeconds` to 604800. */
  maxStaleSeconds?: number
  /** The time limit for a request, up to the last byte. Default 5000, 10 to 60000. */
  timeoutMs?: number
  /** The size limit for an answer. Default 65536, 256 to 1048576. */
  maxBytes?: number
  /** The algorithm of a key that does not name one. Default `RS256`. */
  alg?: SigningAlgorithm
  /** A monotonic clock in milliseconds. Default `performance.now`. */
  clock?: () => number
  /** Called after each request with its result. What it throws is ignored. */
  onEvent?: (event: RemoteJwksEvent) => void
}

/** The result of a request. `problem` is safe to log. */
export type RemoteJwksEvent =
  | { type: 'jwks-fetched'; keys: number }
  | { type: 'jwks-failed'; problem: string }

/** The keys of another party, fetched when needed. */
export interface RemoteJwks {
  /**
   * Gives the key with exactly this ID. Its strength is checked at the first use, which takes about 15 ms: a set
   * may have a hundred keys.
   *
   * @throws ERR_KEY_JWKS_KID (401) if the set has no such key, ERR_KEY_JWKS_FETCH (503) if there is no set that is
   * recent enough, and the reason why the key is refused, such as ERR_KEY_WEAK
   */
  keyFor(kid: string): Promise<RsaPublicJwk>
}

/**
 * Creates a reader of a remote key set.
 *
 * SECURITY: a key ID comes from a token that anyone can write, so unknown ones must not cause more than one request
 * per cool-down, nor two at once. Redirects are not followed: only the configured address is trusted. An outage is
 * bridged for `maxStaleSeconds`; after that everything is refused, since a key may have been revoked meanwhile.
 *
 * @param options see `RemoteJwksOptions` for units, defaults and bounds
 * @throws ERR_KEY_OPTION
 * @see RFC 7517 section 5
 * @example
 * const jwks = createRemoteJwks({ url: 'https://login.acme.example/jwks.json' })
 * const key = await jwks.keyFor('2026-11')
 */
export function createRemoteJwks(options: RemoteJwksOptions): RemoteJwks {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const url = valueOrThrow(readWebAddress('url', options.url), keyErrors.ERR_KEY_OPTION)
  const { onEvent } = options
  const alg = parseAlgorithm(options.alg)
  const maxAgeSeconds = readCount(options, 'maxAgeSeconds', 1, 86_400, 600)
  const staleDefault = Math.max(3600, maxAgeSeconds)
  // A query may hold a secret, so errors and events omit it.
  const place = url.origin + url.pathname
  const document = createRemoteDocument({
    url,
    fetch: options.fetch ?? globalThis.fetch,
    timeoutMs: readCount(options, 'timeoutMs', 10, 60_000, 5000),
    maxBytes: readCount(options, 'maxBytes', 256, 1_048_576, 65_536),
    cooldownMs: 1000 * readCount(options, 'cooldownSeconds', 1, 3600, 30),
    maxAgeMs: 1000 * maxAgeSeconds,
    maxStaleMs: 1000 * readCount(options, 'maxStaleSeconds', maxAgeSeconds, 604_800, staleDefault),
    clock: options.clock ?? (() => performance.now()),
    parse: (json) => parseJwks(json, place, { alg }),
    onRead: (set) => onEvent?.({ type: 'jwks-fetched', keys: set.length }),
    onFailure: (problem) => onEvent?.({ type: 'jwks-failed', problem }),
  })
  return Object.freeze({
    async keyFor(kid: string): Promise<RsaPublicJwk> {
      if (typeof kid !== 'string') throw keyErrors.ERR_KEY_JWKS_KID({ source: place })
      const { value: set, failure } = await document.read((known) => find(known, kid) !== undefined)
      const found = set && find(set, kid)
      if (found !== undefined) return found.read()
      // After a failed request it is not known whether the key exists.
      if (set !== undefined && failure === undefined)
        throw keyErrors.ERR_KEY_JWKS_KID({ source: place })
      const { problem = 'there was no request yet', cause } = failure ?? {}
      throw keyErrors.ERR_KEY_JWKS_FETCH({ url: place, problem }, { cause })
    },
  })
}

function find(set: readonly JwksKey[], kid: string): JwksKey | undefined {
  return set.find((key) => key.kid === kid)
}

type Count = 'timeoutMs' | 'maxBytes' | 'cooldownSeconds' | 'maxAgeSeconds' | 'maxStaleSeconds'

function readCount(
  options: RemoteJwksOptions,
  name: Count,
  min: number,
  max: number,
  fallback: number,
): number {
  const reading = readWholeNumber(name, options[name], { min, max, fallback })
  return valueOrThrow(reading, keyErrors.ERR_KEY_OPTION)
}
