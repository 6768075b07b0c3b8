import type { IncomingMessage } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import type { RecordedRequest } from '../control/recorder.ts'
import type { Caller, Cloud, CloudEnv } from './cloud.ts'
import { webIntegrationIdOf } from './origins.ts'
import { parseCookies } from './sessions/cookies.ts'

/** What of a request may be written down: names of cookies and parameters, never their values. */
export function describeRequest(
  cloud: Cloud,
  request: IncomingMessage,
  url: URL,
  caller: Caller,
): Omit<RecordedRequest, 'number' | 'status' | 'setCookies'> {
  const { origin, host = '', cookie } = request.headers
  const webIntegrationId = webIntegrationIdOf(request, url.searchParams)
  return {
    at: cloud.clock.now().toISOString(),
    method: request.method ?? 'GET',
    path: url.pathname,
    query: [...new Set(url.searchParams.keys())],
    host,
    ...(origin === undefined ? {} : { origin }),
    ...(webIntegrationId === undefined ? {} : { webIntegrationId }),
    cookies: [...parseCookies(cookie).keys()],
    caller: caller.kind,
    ...(caller.kind === 'nobody' ? {} : { userId: caller.user.id }),
  }
}

/** Writes down each request once it is answered. */
export function recordRequests(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    await next()
    const names = c.res.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))
    const token = c.get('judgedToken')
    cloud.recorder.add({
      ...describeRequest(cloud, c.env.incoming, new URL(c.req.url), c.get('caller')),
      status: c.res.status,
      setCookies: names,
      ...(token === undefined ? {} : { token }),
    })
  }
}
