import type { Context, MiddlewareHandler } from 'hono'
import type { Advice } from '../control/recorder.ts'
import { foreignOriginOf } from '../http/request-target.ts'
import type { Cloud, CloudEnv } from './cloud.ts'
import { fail, noteSwitches } from './error-envelope.ts'
import { isListedAnywhere, mayAskFrom, webIntegrationIdOf } from './origins.ts'

const allowedHeaders = [
  'authorization',
  'content-type',
  'qlik-api-version',
  'qlik-csrf-token',
  'qlik-web-integration-id',
].join(', ')

function allow(c: Context<CloudEnv>, origin: string): void {
  c.header('access-control-allow-origin', origin)
  c.header('access-control-allow-credentials', 'true')
}

/** A browser refuses the request of a page for a header that the answer to the preflight does not list. */
function adviseOnHeaders(asked: string): Advice | undefined {
  const listed = new Set(allowedHeaders.split(', '))
  const missing = asked.split(',').find((name) => !listed.has(name.trim().toLowerCase()))
  if (missing === undefined) return undefined
  return {
    why: `The page wants to send ${missing.trim().slice(0, 64)}, which is not among the headers that a page may send here: the browser keeps the request back.`,
    next: 'Do not send it. Which headers Qlik allows is not known: the switch corsAllowHeaders decides it.',
  }
}

/**
 * Cross-origin requests (qlik-cloud.md §1.6). A preflight carries no header of the page, so it is answered
 * for every origin that some web integration lists; the request itself is checked by its ID. Without
 * an Origin, as from a server, no ID is needed.
 */
export function cors(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    c.header('vary', 'Origin')
    const request = c.env.incoming
    const origin = foreignOriginOf(request)
    const switches = cloud.switches.get()
    const url = new URL(c.req.url)
    const id = webIntegrationIdOf(request, url.searchParams)
    if (origin === undefined) {
      if (switches.integrationWithoutOrigin === 'ignored' || id === undefined) return next()
      if (cloud.state.webIntegrations.has(id)) return next()
      return fail(c, {
        status: switches.originRefusalStatus,
        code: 'LOGIN-10',
        title: 'The web integration is unknown',
        meta: { emulator: 'inferred' },
        decidedBy: 'integrationWithoutOrigin',
        shapedBy: ['originRefusalStatus'],
      })
    }

    if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined) {
      if (switches.preflight === 'listed-origins' && !isListedAnywhere(cloud, origin)) {
        noteSwitches(c, { decidedBy: 'preflight' })
        return c.body(null, 403)
      }
      allow(c, origin)
      c.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
      const asked = c.req.header('access-control-request-headers') ?? allowedHeaders
      const isList = switches.corsAllowHeaders === 'list'
      c.header('access-control-allow-headers', isList ? allowedHeaders : asked)
      const notice = isList ? adviseOnHeaders(asked) : undefined
      if (notice !== undefined) c.set('notice', notice)
      c.header('access-control-max-age', '0')
      return c.body(null, 204)
    }

    if (!mayAskFrom(cloud, request, url, origin)) {
      if (switches.originRefusalHeaders === 'sent') allow(c, origin)
      return fail(c, {
        status: switches.originRefusalStatus,
        code: 'LOGIN-10',
        title: 'Origin not included in web integration whitelist',
        detail:
          id === undefined
            ? 'The request has an Origin and no qlik-web-integration-id'
            : 'The web integration is unknown or does not list this origin',
        meta: { emulator: 'inferred' },
        shapedBy: ['originRefusalStatus', 'originRefusalHeaders'],
      })
    }
    allow(c, origin)
    c.header('access-control-expose-headers', 'qlik-csrf-token')
    return next()
  }
}
