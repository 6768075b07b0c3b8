import { failure } from '../failure.ts'
import { outageOf, type Peer, type Reach } from './peer.ts'
import { timedFetch } from './timed-fetch.ts'

/** Qlik knows nobody. 404 is "Token not found" there. */
const nobody = /^40[14]$/

/**
 * One call of the login. A redirect is followed only where it is expected: the token goes to one address.
 *
 * @param init.meant the statuses without success that say something to the caller; any other is a failure
 */
export async function askQlik(
  address: URL,
  { meant = nobody, ...init }: RequestInit & { readonly meant?: RegExp },
  reach: Reach,
  peer: Peer,
): Promise<Response> {
  const always = { credentials: 'include', cache: 'no-store', redirect: 'error' } as const
  const response = await timedFetch(address.href, { ...always, ...init }, reach, peer)
  const { ok, status } = response
  if (ok || meant.test(String(status))) return response
  const url = address.origin + address.pathname
  throw await failure('ERR_BROWSER_QLIK_FAILED', { url, status, ...outageOf(response, peer) })
}
