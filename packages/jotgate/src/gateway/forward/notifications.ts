import type { Logger } from 'pino'
import type { GatewayRules } from '../../qlik/index.ts'
import type { GatewayRequest } from '../request.ts'
import type { Site } from '../site.ts'
import type { RewriteNotification } from '../websocket/notification-filter.ts'
import { logOutAddress, toLoginAddress } from './login-address.ts'

/**
 * Makes what gives the gateway's addresses in notifications of Qlik's: who logs in again comes back to the page's origin,
 * since a web socket does not tell more of its page. A notification after which Qlik closes the web socket is logged: the
 * page is told by Qlik, and whoever runs the gateway by the log.
 *
 * @returns undefined where no notification of the product has addresses
 */
export function createNotificationsFor({
  site,
  loginUrl,
  rules: { rewriteNotification },
  log,
}: {
  readonly site: Pick<Site, 'publicUrl'>
  readonly loginUrl: string | undefined
  readonly rules: Pick<GatewayRules, 'rewriteNotification'>
  readonly log?: Pick<Logger, 'warn'>
}): ((request: Pick<GatewayRequest, 'field' | 'id'>) => RewriteNotification) | undefined {
  if (rewriteNotification === undefined) return undefined
  const logOutUrl = logOutAddress(site)
  return (request) => {
    const returnTo = `${request.field('origin') ?? site.publicUrl}/`
    const logInUrl = loginUrl && toLoginAddress(loginUrl, returnTo)
    return (notification) => {
      const { method, params } = notification
      if (params.severity === 'fatal' && /^On[A-Za-z]{1,60}$/.test(method))
        log?.warn(
          { requestId: request.id, notification: method },
          `Qlik closes a web socket: \`jotgate explain ${method}\` says why`,
        )
      return rewriteNotification(notification, { logInUrl, logOutUrl })
    }
  }
}
