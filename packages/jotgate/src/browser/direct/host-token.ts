import { isObject } from '../../values/index.ts'
import { diagnosed, failure } from '../failure.ts'
import type { WithToken } from '../options.ts'
import { within } from '../within.ts'
import { type HostToken, outageOf, type Peer, type Reach } from './peer.ts'
import { late, timedFetch } from './timed-fetch.ts'

/**
 * Asks the host application for a token: only the application knows who is in front of this page.
 *
 * @param isUsed whether a token has been given to Qlik already
 */
export async function getHostToken(
  options: Reach & Pick<WithToken, 'token'>,
  isUsed: (token: string) => boolean,
): Promise<HostToken> {
  const { token: source } = options
  const isFunction = typeof source === 'function'
  const url = isFunction ? 'The token function' : source.url.replace(/\?.*/, '')
  const peer: Peer = {
    url,
    reason: 'host-unreachable',
    unreachable: 'ERR_BROWSER_TOKEN_UNREACHABLE',
  }
  const token = isFunction
    ? await callFunction(source, options, peer)
    : await askEndpoint(source.url, options, peer)
  const reason = 'not-logged-in-to-host'
  if (token === null) throw await failure('ERR_BROWSER_NOT_LOGGED_IN', { reason, url, status: 401 })
  const claims = typeof token === 'string' && claimsOf(token)
  if (claims && !isUsed(token)) return { token, claims }
  const problem = claims ? 'used' : 'unsigned'
  throw await failure('ERR_BROWSER_TOKEN_ANSWER', { reason: 'refused', source: url, problem })
}

async function callFunction(
  source: () => Promise<unknown>,
  { timeoutMs }: Reach,
  peer: Peer,
): Promise<unknown> {
  const asked = (async () => source())().catch(async (cause: unknown) => {
    throw await failure('ERR_BROWSER_TOKEN_FUNCTION', { reason: 'host-unreachable' }, cause)
  })
  return within(timeoutMs, asked, async () => {
    throw await late(peer, timeoutMs)
  })
}

async function askEndpoint(address: string, options: Reach, peer: Peer): Promise<unknown> {
  const init: RequestInit = {
    method: 'POST',
    // JSON, which no form of another site can send: an endpoint may insist on it.
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: '{}',
    redirect: 'manual',
  }
  const response = await timedFetch(address, init, options, peer)
  const { ok, status } = response
  if (!ok) {
    const details = { url: peer.url, status, ...outageOf(response, peer) }
    throw await diagnosed(
      ({ hostRefusal }) => hostRefusal(response, options, peer),
      'ERR_BROWSER_TOKEN_REFUSED',
      details,
    )
  }
  // What JSON.parse says would quote the answer, so it is not kept.
  const answer: unknown = await response.json().catch(() => undefined)
  return isObject(answer) ? answer.token : undefined
}

/** The claims of a signed token; undefined when it cannot be one. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload = ''] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token) ?? []
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}
