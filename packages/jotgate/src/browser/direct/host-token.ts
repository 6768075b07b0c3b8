import { isObject } from '../../values/index.ts'
import { browserErrors } from '../errors.ts'
import type { DirectOptions } from './direct-options.ts'
import { pageGlobals } from './page-globals.ts'
import { retryAfterSeconds, timedFetch, within } from './timed-fetch.ts'

/** A fresh token of the host application, and what the page has to know of it. */
export interface HostToken {
  readonly token: string
  /** Whom it names. */
  readonly subject: string
  /** Its claims, to compare and not to trust: whether they are true is Qlik's decision. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Asks the host application for a token: only the application knows who is in front of this page.
 *
 * @param used whether a token has been given to Qlik already
 */
export async function getHostToken(
  options: DirectOptions,
  used: (token: string) => boolean,
): Promise<HostToken> {
  const { token: source } = options
  const isFunction = typeof source === 'function'
  const name = isFunction ? 'The token function' : addressOf(source.url)
  const refuse = (problem: string) =>
    browserErrors.ERR_BROWSER_TOKEN_ANSWER({ reason: 'refused', source: name, problem })
  const token = isFunction
    ? await callFunction(source, options.timeoutMs)
    : await askEndpoint(source.url, options)
  if (token === null)
    throw browserErrors.ERR_BROWSER_NOT_LOGGED_IN({
      reason: 'not-logged-in-to-host',
      url: name,
      status: 401,
    })
  if (typeof token !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw refuse('gave no signed token')
  const claims = claimsOf(token)
  const subject = claims?.sub
  if (claims === undefined || typeof subject !== 'string' || subject === '')
    throw refuse('gave a token without a subject')
  if (used(token)) throw refuse('gave the same token again')
  return { token, subject, claims }
}

async function callFunction(source: () => Promise<unknown>, timeoutMs: number): Promise<unknown> {
  const reason = 'host-unreachable'
  const asked = (async () => source())().catch((cause: unknown) => {
    throw browserErrors.ERR_BROWSER_TOKEN_FUNCTION({ reason }, { cause })
  })
  return within(timeoutMs, asked, { url: 'The token function', reason })
}

async function askEndpoint(url: string, { fetch, timeoutMs }: DirectOptions): Promise<unknown> {
  const options = { fetch, timeoutMs, peer: 'host-unreachable' } as const
  const response = await timedFetch(
    url,
    {
      method: 'POST',
      // JSON, which no form of another site can send: an endpoint may insist on it.
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{}',
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'manual',
    },
    options,
  )
  const { status } = response
  const address = addressOf(url)
  if (isRedirect(response)) {
    const moved = await findMovedEndpoint(url, options)
    if (moved === undefined) throw notLoggedIn(address, 0)
    const problem = `was answered with a redirect to ${moved}`
    throw browserErrors.ERR_BROWSER_TOKEN_ADDRESS({ reason: 'refused', url: address, problem })
  }
  if (status === 401) throw notLoggedIn(address, status)
  if (status === 403)
    throw browserErrors.ERR_BROWSER_NOT_ALLOWED({ reason: 'not-permitted', url: address })
  if (status === 404 || status === 405) {
    const problem = `was answered with ${status}: no endpoint takes a POST there`
    throw browserErrors.ERR_BROWSER_TOKEN_ADDRESS({ reason: 'refused', url: address, problem })
  }
  if (!response.ok) throw refusalOf(address, response)
  // What JSON.parse says would quote the answer, so it is not kept.
  const answer: unknown = await response.json().catch(() => undefined)
  return isObject(answer) ? answer.token : undefined
}

function notLoggedIn(url: string, status: number): Error {
  return browserErrors.ERR_BROWSER_NOT_LOGGED_IN({ reason: 'not-logged-in-to-host', url, status })
}

/** 503 with Retry-After is a full queue of signatures; without, the application fails. */
function refusalOf(url: string, response: Response): Error {
  const { status } = response
  const error = browserErrors.ERR_BROWSER_TOKEN_REFUSED
  const isFull = status === 503 && response.headers.has('retry-after')
  if (status === 429 || isFull) {
    const reason = isFull ? 'queue-full' : 'rate-limited'
    return error({ reason, url, status, retryAfterSeconds: retryAfterSeconds(response) })
  }
  return error({ reason: status >= 500 ? 'host-unreachable' : 'refused', url, status })
}

/** A page may not see a redirect: browsers give it an answer of their own kind, programs the real one. */
export function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)
}

/**
 * Looks where a redirect leads, which only a request that follows it can tell. The same path with another
 * slash, language or host is the endpoint at another address; anything else is a page to log in at.
 */
async function findMovedEndpoint(
  url: string,
  options: Parameters<typeof timedFetch>[2],
): Promise<string | undefined> {
  const init = { credentials: 'same-origin', cache: 'no-store' } as const
  const found = await timedFetch(url, init, options).catch(() => undefined)
  if (found === undefined || !found.redirected) return undefined
  await found.body?.cancel()
  const [from, to] = [new URL(addressOf(url)), new URL(found.url)]
  const path = (one: URL) => one.pathname.replace(/\/$/, '')
  return path(to).endsWith(path(from)) ? to.origin + to.pathname : undefined
}

/** The whole address, without its query. */
function addressOf(url: string): string {
  const { location } = pageGlobals()
  if (!URL.canParse(url, location?.href)) return url
  const { origin, pathname } = new URL(url, location?.href)
  return origin + pathname
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = token.split('.')[1] ?? ''
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}
