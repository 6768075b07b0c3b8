import type { GatewayRules } from '../../qlik/index.ts'
import type { GatewayRequest } from '../request.ts'
import type { Site } from '../site.ts'
import type { RewriteNotification } from '../websocket/notification-filter.ts'
import { logOutAddress, toLoginAddress } from './login-address.ts'

/**
 * Makes what gives the gateway's addresses in notifications of Qlik's: who logs in again comes back to the page's origin,
 * since a web socket does not tell more of its page.
 *
 * @returns undefined where no notification of the product has addresses
 */
export function createNotificationsFor({
  site,
  loginUrl,
  rules: { rewriteNotification },
}: {
  readonly site: Pick<Site, 'publicUrl'>
  readonly loginUrl: string | undefined
  readonly rules: Pick<GatewayRules, 'rewriteNotification'>
}): ((request: Pick<GatewayRequest, 'field'>) => RewriteNotification) | undefined {
  if (rewriteNotification === undefined) return undefined
  const logOutUrl = logOutAddress(site)
  return (request) => {
    const returnTo = `${request.field('origin') ?? site.publicUrl}/`
    const logInUrl = loginUrl && toLoginAddress(loginUrl, returnTo)
    return (notification) => rewriteNotification(notification, { logInUrl, logOutUrl })
  }
}
