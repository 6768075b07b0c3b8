import type { MiddlewareHandler } from 'hono'
import type { Cloud, CloudEnv } from '../../cloud/cloud.ts'
import { isAdminKey } from '../../cloud/sessions/caller.ts'
import { readBearer } from '../../http/bearer.ts'
import { foreignOriginOf } from '../../http/request-target.ts'
import type { ConsoleSessions } from '../console-sessions.ts'

const safeMethods = new Set(['GET', 'HEAD'])

/**
 * Lets pass what comes from the console itself or from no page at all; every write needs the administrator's
 * key or a session of the console. No cookie counts here, so no other page can borrow one.
 */
export function guardControl(cloud: Cloud, sessions: ConsoleSessions): MiddlewareHandler<CloudEnv> {
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
    if (text !== undefined && (isAdminKey(cloud, text) || sessions.has(text))) return next()
    return c.json({ error: 'Send the administrator’s key: Authorization: Bearer KEY' }, 401)
  }
}
