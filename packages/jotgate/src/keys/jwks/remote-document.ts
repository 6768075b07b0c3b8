import { isJotgateError } from '../../errors/index.ts'
import { fetchJson } from './fetch-json.ts'

/** Where a document of another party is, and the limits for fetching it. */
export interface RemoteDocumentOptions<Value> {
  readonly url: URL
  readonly fetch: typeof globalThis.fetch
  /** For a request, up to the last byte. */
  readonly timeoutMs: number
  readonly maxBytes: number
  /** The least time between two requests, whatever their result. */
  readonly cooldownMs: number
  /** How long it is used before it is fetched again. */
  readonly maxAgeMs: number
  /** How long it is used while fetching it fails. */
  readonly maxStaleMs: number
  /** A monotonic clock in milliseconds. */
  readonly clock: () => number
  /** Reads the JSON, or throws an error whose message is safe to log. */
  readonly parse: (json: unknown) => Value
  readonly onRead: (value: Value) => void
  readonly onFailure: (problem: string) => void
}

/** What is known of a document now. */
export interface DocumentState<Value> {
  /** Undefined when there is none that is recent enough. */
  readonly value: Value | undefined
  /** Why the last request failed; undefined when it did not. */
  readonly failure: { readonly problem: string; readonly cause: unknown } | undefined
}

/** A JSON document of another party, fetched when needed. */
export interface RemoteDocument<Value> {
  /**
   * Gives what is known, after a request when it is too old, or is not enough. There are never two requests at once.
   *
   * @param isEnough whether a recent value need not be asked for again
   */
  read(isEnough?: (value: Value) => boolean): Promise<DocumentState<Value>>
}

/**
 * Fetches a document from exactly its address.
 *
 * SECURITY: what leads to a request may come from anyone, so there is one in a cool-down. Redirects are not
 * followed: only the configured address is trusted. An outage is bridged for a time; after that there is no value,
 * since what it says may have been withdrawn meanwhile.
 */
export function createRemoteDocument<Value>(
  options: RemoteDocumentOptions<Value>,
): RemoteDocument<Value> {
  const { url, cooldownMs, maxAgeMs, maxStaleMs, clock } = options
  const request = { ...options, url: url.href }
  let current: { value: Value; at: number } | undefined
  let askedAt: number | undefined
  let failure: DocumentState<Value>['failure']
  let pending: Promise<void> | undefined

  /** If the clock ran backwards, the time is unknown and counts as too long. */
  const since = (at: number): number => {
    const ms = clock() - at
    return ms >= 0 ? ms : Number.POSITIVE_INFINITY
  }

  const refresh = async () => {
    askedAt = clock()
    try {
      const value = options.parse(await fetchJson(request))
      current = { value, at: clock() }
      failure = undefined
      ignoreErrors(() => options.onRead(value))
    } catch (cause) {
      const problem = problemOf(cause)
      failure = { problem, cause }
      ignoreErrors(() => options.onFailure(problem))
    }
  }

  const refreshOnce = () => {
    pending ??= refresh().finally(() => {
      pending = undefined
    })
    return pending
  }

  return {
    async read(isEnough = () => true) {
      const isFresh =
        current !== undefined && since(current.at) < maxAgeMs && isEnough(current.value)
      const mayAsk = askedAt === undefined || since(askedAt) >= cooldownMs
      if (!isFresh && (mayAsk || pending !== undefined)) await refreshOnce()
      const isUsable = current !== undefined && since(current.at) <= maxStaleMs
      return { value: isUsable ? current?.value : undefined, failure }
    },
  }
}

/** A failing log must not make a good document unusable. */
function ignoreErrors(report: () => void): void {
  try {
    report()
  } catch {}
}

function problemOf(error: unknown): string {
  return isJotgateError(error) || error instanceof Error ? error.message : 'an unknown error'
}
