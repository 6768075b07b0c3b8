import { browserErrors } from '../errors.ts'
import { isRedirect } from './host-token.ts'
import { unreachable } from './timed-fetch.ts'

/** Headers that a redirect may carry anywhere: no page needs leave for them. */
const harmless = ['accept', 'accept-language', 'qlik-web-integration-id']

/**
 * Sends a request of which nothing leaves its origin. A browser that follows a redirect shows neither where to,
 * nor stops at another origin; it would take the CSRF token and the body there. So it does not follow: a
 * read is sent a second time without anything secret, and a write fails.
 */
export async function sendWithinOrigin(
  address: URL,
  init: RequestInit,
  { fetch }: { fetch: typeof globalThis.fetch },
): Promise<Response> {
  const { method = 'GET' } = init
  const ask = async (request: RequestInit) => {
    try {
      return await fetch(address.href, { ...request, credentials: 'include' })
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      throw unreachable({ url: address.href, reason: 'qlik-unreachable' }, cause)
    }
  }
  const redirect = init.redirect === 'error' ? 'error' : 'manual'
  const response = await ask({ ...init, redirect })
  if (init.redirect === 'manual' || !isRedirect(response)) return response
  const call = `${method} ${address.origin}${address.pathname}`
  const refuse = (problem: string, cause?: unknown) =>
    browserErrors.ERR_BROWSER_REDIRECT({ call, problem }, { cause })
  if (!/^(GET|HEAD)$/i.test(method)) throw refuse('that is not followed')
  const sent = new Headers(init.headers)
  const headers = new Headers()
  for (const name of harmless) {
    const value = sent.get(name)
    if (value !== null) headers.set(name, value)
  }
  const followed = await ask({ ...init, headers, redirect: 'follow' }).catch((cause: unknown) => {
    throw refuse('to an address that this page may not read', cause)
  })
  const { origin } = new URL(followed.url)
  if (origin === address.origin) return followed
  await followed.body?.cancel()
  throw refuse(`to ${origin}`)
}
