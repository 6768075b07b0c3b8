import { emulatorError } from '../errors.ts'

/** What one rule said about a token. */
export interface RuleVerdict {
  readonly rule: string
  readonly outcome: 'passed' | 'refused' | 'not-reached'
  /** Why it was refused. */
  readonly detail?: string
  /** The switch that decides it, where one does. */
  readonly decidedBy?: string
}

/** A verified or refused token: decoded, never its string. */
export interface RecordedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly verdict: readonly RuleVerdict[]
  readonly accepted: boolean
}

/** Why a request went as it did, and the next step. */
export interface Advice {
  readonly why: string
  readonly next: string
}

/** The first error of an answer. */
export interface RecordedFailure {
  readonly code: string
  readonly title: string
  readonly detail?: string
}

/** One request that the emulator answered. Values of cookies, tokens and CSRF tokens are omitted. */
export interface RecordedRequest {
  /** Counts up from 1. */
  readonly number: number
  /** The name of the product that answered: `cloud`. */
  readonly product: string
  readonly at: string
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The names of the query's parameters. */
  readonly query: readonly string[]
  readonly host: string
  readonly origin?: string
  readonly webIntegrationId?: string
  /** The virtual proxy that it met, by its prefix with a slash before it: `/jwt`, `/` for the one without a prefix. */
  readonly virtualProxy?: string
  /** The names of the cookies that came. */
  readonly cookies: readonly string[]
  readonly caller: 'nobody' | 'session' | 'administrator' | 'bearer' | 'certificate'
  readonly userId?: string
  /** 101 for a web socket that was opened. */
  readonly status: number
  /** The close code of a web socket that was refused by closing it. */
  readonly closeCode?: number
  /** The names of the cookies that were set. */
  readonly setCookies: readonly string[]
  /** The attributes of each of them, as `SameSite=None`; never the value. */
  readonly setCookieAttributes?: readonly (readonly string[])[]
  /** What the answer's body says went wrong. */
  readonly error?: RecordedFailure
  /** The switch that decides whether it is refused. */
  readonly decidedBy?: string
  /** Switches that decide the form of the refusal, such as its status. */
  readonly shapedBy?: readonly string[]
  /** What else the product knows of it, by names that the console shows as they are. */
  readonly facts?: readonly (readonly [name: string, value: string])[]
  /** What the product noticed beside its answer. */
  readonly notice?: Advice
  /** The fault that was applied to the request, in words. */
  readonly fault?: string
  /** The console sent it itself, to show an error. */
  readonly isExample?: true
  /** Only for a request that a token was verified for: `POST /login/jwt-session`, or any at a virtual proxy with JWT. */
  readonly token?: RecordedToken
}

/** Keeps the last requests, for tests and for the console. */
export interface Recorder {
  readonly requests: readonly RecordedRequest[]
  add(request: Omit<RecordedRequest, 'number'>): void
  /** The first request that matches, recorded already or still to come. */
  waitFor(
    predicate: (request: RecordedRequest) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<RecordedRequest>
  /** Calls a listener for each request from now on; gives what ends that. */
  subscribe(listener: (request: RecordedRequest) => void): () => void
  clear(): void
}

/** A token that somebody put where none belongs; the look back keeps the search from growing with the square. */
const strayToken = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g

const withoutToken = (text: string) => text.replace(strayToken, '(a token)')

/**
 * Makes a recorder.
 *
 * @param limit how many requests are kept; the oldest go first
 */
export function createRecorder(limit = 2000): Recorder {
  let kept: RecordedRequest[] = []
  let count = 0
  const listening = new Set<(request: RecordedRequest) => void>()
  return {
    get requests() {
      return kept
    },
    add(request) {
      count += 1
      const numbered = {
        number: count,
        ...request,
        path: withoutToken(request.path),
        query: request.query.map(withoutToken),
        cookies: request.cookies.map(withoutToken),
      }
      // A new array each time would cost every request the whole list; trimming in blocks does not.
      if (kept.length >= limit * 2) kept = kept.slice(-limit)
      kept.push(numbered)
      for (const look of [...listening]) look(numbered)
    },
    async waitFor(predicate, { timeoutMs = 5000 } = {}) {
      const found = kept.find(predicate)
      if (found !== undefined) return found
      const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>()
      const look = (request: RecordedRequest) => {
        try {
          if (predicate(request)) resolve(request)
        } catch (error) {
          reject(error)
        }
      }
      listening.add(look)
      const timer = setTimeout(
        () => reject(emulatorError('ERR_EMULATOR_WAIT', { timeoutMs, seen: kept.length })),
        timeoutMs,
      )
      return await promise.finally(() => {
        clearTimeout(timer)
        listening.delete(look)
      })
    },
    subscribe(listener) {
      listening.add(listener)
      return () => listening.delete(listener)
    },
    clear() {
      kept = []
    },
  }
}
