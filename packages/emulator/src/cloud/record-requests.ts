import type { IncomingMessage } from 'node:http'
import type { MiddlewareHandler } from 'hono'
import type { RecordedFailure, RecordedRequest } from '../control/recorder.ts'
import { parseCookies } from '../http/cookies.ts'
import { isObject } from '../http/read-body.ts'
import type { Caller, Cloud, CloudEnv } from './cloud.ts'
import { webIntegrationIdOf } from './origins.ts'

/** What of a request may be written down: names of cookies and parameters, never their values. */
export function describeRequest(
  cloud: Cloud,
  request: IncomingMessage,
  url: URL,
  caller: Caller,
): Omit<RecordedRequest, 'number' | 'product' | 'status' | 'setCookies'> {
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

/** The first error of an answer in any of the forms that Qlik has for it. */
async function readFailure(response: Response): Promise<RecordedFailure | undefined> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  if (response.status < 400 || !isJson) return undefined
  const body: unknown = await response.clone().json()
  if (!isObject(body)) return undefined
  const first: unknown = Array.isArray(body.errors) ? body.errors[0] : body
  if (!isObject(first) || typeof first.code !== 'string') return undefined
  const { code, title = '', detail } = first
  return {
    code,
    title: String(title),
    ...(detail === undefined ? {} : { detail: String(detail) }),
  }
}

/** Writes down each request once it is answered. */
export function recordRequests(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    await next()
    const lines = c.res.headers.getSetCookie()
    const token = c.get('recordedToken')
    const fault = c.get('fault')
    const notice = c.get('notice')
    const error = await readFailure(c.res)
    const switches = c.res.status < 400 ? {} : c.get('switches')
    cloud.recorder.add({
      product: cloud.product,
      ...describeRequest(cloud, c.env.incoming, new URL(c.req.url), c.get('caller')),
      status: c.res.status,
      setCookies: lines.map((line) => line.slice(0, line.indexOf('='))),
      ...(lines.length === 0
        ? {}
        : { setCookieAttributes: lines.map((line) => line.split(/; */).slice(1)) }),
      ...(token === undefined ? {} : { token }),
      ...(error === undefined ? {} : { error }),
      ...switches,
      ...(notice === undefined ? {} : { notice }),
      ...(fault === undefined ? {} : { fault }),
      ...(cloud.isExample ? { isExample: true } : {}),
    })
  }
}
