import type { JotgateError } from '../../errors/index.ts'
import { page } from '../direct/page-globals.ts'
import { isRedirect, outageOf, type Peer, type Reach, retryAfterSeconds } from '../direct/peer.ts'
import { failureOf } from './failures.ts'

/** What it means that the application gives no token. */
export async function hostRefusal(response: Response, reach: Reach, peer: Peer): Promise<Error> {
  const { url } = peer
  const { status, headers } = response
  const nobody = (as: number) =>
    failureOf('ERR_BROWSER_NOT_LOGGED_IN', { reason: 'not-logged-in-to-host', url, status: as })
  if (isRedirect(response)) return (await findMovedEndpoint(reach, peer)) ?? nobody(0)
  if (status === 401) return nobody(status)
  if (status === 403) return failureOf('ERR_BROWSER_NOT_ALLOWED', { reason: 'not-permitted', url })
  if (status === 404 || status === 405)
    return failureOf('ERR_BROWSER_TOKEN_ADDRESS', { reason: 'refused', url, status })
  // 503 with Retry-After is a full queue of signatures; without, the application fails.
  const isFull = status === 503 && headers.has('retry-after')
  const wait = isFull
    ? ({ reason: 'queue-full', retryAfterSeconds: retryAfterSeconds(response) } as const)
    : outageOf(response, peer)
  return failureOf('ERR_BROWSER_TOKEN_REFUSED', { url, status, ...wait })
}

/**
 * Looks where a redirect of the token endpoint leads, which only a request that follows it can tell. The same
 * path with another slash, language or host is the endpoint at another address; anything else is a page to log
 * in at.
 *
 * @returns the error that names the other address; undefined for a page to log in at
 */
async function findMovedEndpoint(reach: Reach, peer: Peer): Promise<JotgateError | undefined> {
  const { url } = peer
  const { fetch, timeoutMs } = reach
  const init = { credentials: 'same-origin', cache: 'no-store' } as const
  const signal = AbortSignal.timeout(timeoutMs)
  const found = await fetch(url, { ...init, signal }).catch(() => undefined)
  if (!found?.redirected) return undefined
  await found.body?.cancel()
  const [from, to] = [new URL(url, page.location?.href), new URL(found.url)]
  const path = (one: URL) => one.pathname.replace(/\/$/, '')
  if (!path(to).endsWith(path(from))) return undefined
  const movedTo = to.origin + to.pathname
  return failureOf('ERR_BROWSER_TOKEN_ADDRESS', {
    reason: 'refused',
    url: from.href,
    status: 0,
    movedTo,
  })
}
