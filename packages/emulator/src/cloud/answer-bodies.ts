import type { Context, MiddlewareHandler } from 'hono'
import type { Cloud, CloudEnv } from './cloud.ts'
import { noteSwitches } from './error-envelope.ts'

/** Puts another body in the place of one; status and headers stay, as clients must go by them. */
function replaceBody(c: Context<CloudEnv>, type: string, text: string | null): void {
  const { status, headers } = c.res
  const kept = new Headers(headers)
  kept.delete('content-length')
  if (text === null) kept.delete('content-type')
  else kept.set('content-type', type)
  c.res = undefined
  c.res = new Response(text, { status, headers: kept })
}

/** What a refused log-in says: nobody knows for all of them that it is Qlik's envelope. */
export function loginErrorBodies(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    await next()
    const { loginErrorBody } = cloud.switches.get()
    if (c.res.status < 400 || c.res.status === 429 || loginErrorBody === 'errors') return
    noteSwitches(c, { shapedBy: ['loginErrorBody'] })
    replaceBody(c, 'text/plain', loginErrorBody === 'text' ? 'Unauthorized' : null)
  }
}

/** The same for the 401 of everything under /api. */
export function unauthorizedBodies(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    await next()
    const { unauthorizedBody } = cloud.switches.get()
    if (c.res.status !== 401 || unauthorizedBody === 'errors') return
    noteSwitches(c, { shapedBy: ['unauthorizedBody'] })
    replaceBody(c, 'text/html', unauthorizedBody === 'html' ? '<h1>401 Unauthorized</h1>' : null)
  }
}
