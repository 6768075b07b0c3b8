import type { MiddlewareHandler } from 'hono'
import { readBearer } from '../../http/bearer.ts'
import { foreignOriginOf } from '../../http/request-target.ts'
import { isAdminKey } from '../admin-key.ts'
import type { RunningWorkbench } from '../product.ts'
import type { WorkbenchEnv } from '../workbench.ts'
import type { ConsoleSessions } from './sessions.ts'

const safeMethods = new Set(['GET', 'HEAD'])

/**
 * Lets pass what comes from the console itself or from no page at all; every write needs the administrator's
 * key or a session of the console. No cookie counts here, so no other page can use one.
 */
export function guardControl(
  bench: Pick<RunningWorkbench, 'adminKey'>,
  sessions: ConsoleSessions,
): MiddlewareHandler<WorkbenchEnv> {
  return async (c, next) => {
    c.header('cross-origin-resource-policy', 'same-origin')
    c.header('x-content-type-options', 'nosniff')
    const site = c.req.header('sec-fetch-site')
    const isForeign =
      foreignOriginOf(c.env.incoming) !== undefined ||
      (site !== undefined && site !== 'same-origin' && site !== 'none')
    if (isForeign) {
      const error = 'The control API answers pages of the emulator’s own origin only'
      return c.json({ error, hint: 'Open the console at the address of the emulator.' }, 403)
    }
    if (safeMethods.has(c.req.method)) return next()
    const text = readBearer(c.req.header('authorization'))
    if (text !== undefined && (isAdminKey(bench, text) || sessions.has(text))) return next()
    return c.json({ error: 'Send the administrator’s key: Authorization: Bearer KEY' }, 401)
  }
}
