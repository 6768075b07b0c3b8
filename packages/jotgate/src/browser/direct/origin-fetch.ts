import { isRedirect, type Peer } from './peer.ts'
import { unreached } from './timed-fetch.ts'

/** Sends a request of which nothing leaves its origin: the browser does not follow redirects by itself. */
export async function sendWithinOrigin(
  address: URL,
  init: RequestInit & { readonly headers: Headers },
  fetch: typeof globalThis.fetch,
  peer: Peer,
): Promise<Response> {
  const ask = (request: RequestInit) =>
    fetch(address.href, { ...request, credentials: 'include' }).catch(async (cause: unknown) => {
      throw await unreached(peer, cause)
    })
  const { redirect } = init
  const response = await ask({ ...init, redirect: redirect === 'error' ? redirect : 'manual' })
  if (redirect === 'manual' || !isRedirect(response)) return response
  const { followRedirect } = await import('./redirect.ts')
  return followRedirect(address, init, ask)
}
