import { browserErrors } from '../errors.ts'
import type { DirectOptions } from './direct-options.ts'
import { timedFetch } from './timed-fetch.ts'

/** A fresh token of the host application, and whom it speaks of. */
export interface HostToken {
  token: string
  subject: string
}

/** Asks the host application for a token: it alone knows who is in front of this page. */
export async function getHostToken(options: DirectOptions): Promise<HostToken> {
  const source = options.token
  const token =
    typeof source === 'function' ? await source() : await askEndpoint(source.url, options)
  const name = typeof source === 'function' ? 'The token function' : source.url
  if (typeof token !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw browserErrors.ERR_BROWSER_TOKEN_ANSWER({ source: name, problem: 'gave no signed token' })
  const subject = subjectOf(token)
  if (subject === undefined)
    throw browserErrors.ERR_BROWSER_TOKEN_ANSWER({
      source: name,
      problem: 'gave a token without a subject',
    })
  return { token, subject }
}

async function askEndpoint(url: string, { fetch, timeoutMs }: DirectOptions): Promise<unknown> {
  const unreachable = (cause: unknown) =>
    browserErrors.ERR_BROWSER_TOKEN_UNREACHABLE({ url }, { cause })
  const response = await timedFetch(
    url,
    {
      method: 'POST',
      // JSON, which no form of another site can send: an endpoint may insist on it.
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{}',
      credentials: 'same-origin',
      cache: 'no-store',
      // A redirect leads to a page to log in at, which is no answer to a program.
      redirect: 'manual',
    },
    { fetch, timeoutMs, unreachable },
  )
  const { status } = response
  if (status === 401 || status === 0 || (status >= 300 && status < 400))
    throw browserErrors.ERR_BROWSER_NOT_LOGGED_IN({ url, status })
  if (status === 403) throw browserErrors.ERR_BROWSER_NOT_ALLOWED({ url })
  if (!response.ok) throw browserErrors.ERR_BROWSER_TOKEN_REFUSED({ url, status })
  // What JSON.parse says would quote the answer, so it is not kept.
  const answer: unknown = await response.json().catch(() => undefined)
  return typeof answer === 'object' && answer !== null && 'token' in answer
    ? answer.token
    : undefined
}

/** Read to compare, not to trust: whether the token is true is for Qlik to say. */
function subjectOf(token: string): string | undefined {
  try {
    const payload = token.split('.')[1] ?? ''
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined
    return typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : undefined
  } catch {
    return undefined
  }
}
