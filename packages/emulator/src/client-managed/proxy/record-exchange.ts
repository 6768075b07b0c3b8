import type { IncomingMessage } from 'node:http'
import type { RecordedRequest } from '../../control/recorder.ts'
import { parseCookies } from '../../http/cookies.ts'
import type { ClientManaged } from '../client-managed.ts'
import { type ProxySession, toQualifiedName } from './sessions.ts'

/** What of a request may be written down: names of cookies and parameters, never their values. */
export function describeExchange(
  site: ClientManaged,
  request: IncomingMessage,
  url: URL,
  met: { virtualProxy?: string; session?: ProxySession | undefined } = {},
): Omit<RecordedRequest, 'number' | 'product' | 'status' | 'setCookies'> {
  const { origin, host = '', cookie } = request.headers
  const { virtualProxy, session } = met
  return {
    at: site.clock.now().toISOString(),
    method: request.method ?? 'GET',
    path: url.pathname,
    query: [...new Set(url.searchParams.keys())],
    host,
    ...(origin === undefined ? {} : { origin }),
    ...(virtualProxy === undefined ? {} : { virtualProxy }),
    cookies: [...parseCookies(cookie).keys()],
    caller: session === undefined ? 'nobody' : 'session',
    ...(session === undefined ? {} : { userId: toQualifiedName(session.user) }),
    ...(site.isExample ? { isExample: true } : {}),
  }
}
