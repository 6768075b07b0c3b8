import { failure } from '../failure.ts'

/** Headers that a redirect may carry anywhere: no page needs leave for them. */
const harmless = /^(accept|accept-language|qlik-web-integration-id)$/

/**
 * Follows the redirect that Qlik answered. A browser shows neither where it leads, nor stops at another origin; it
 * would take the CSRF token and the body there. So a read is sent a second time without anything secret, and a
 * write fails.
 */
export async function followRedirect(
  { origin, pathname }: URL,
  init: RequestInit & { readonly headers: Headers },
  ask: (request: RequestInit) => Promise<Response>,
): Promise<Response> {
  const { method = 'GET' } = init
  const refusal = (problem: string, cause?: unknown) =>
    failure('ERR_BROWSER_REDIRECT', { call: `${method} ${origin}${pathname}`, problem }, cause)
  if (!/^(GET|HEAD)$/i.test(method)) throw await refusal('that is not followed')
  const headers = new Headers([...init.headers].filter(([name]) => harmless.test(name)))
  const followed = await ask({ ...init, headers, redirect: 'follow' }).catch(async (cause) => {
    throw await refusal('to an address that this page may not read', cause)
  })
  const to = new URL(followed.url).origin
  if (to === origin) return followed
  await followed.body?.cancel()
  throw await refusal(`to ${to}`)
}
