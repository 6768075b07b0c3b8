import { escapeHtml } from '../../pages/escape-html.ts'
import type { ClientManaged } from '../client-managed.ts'
import {
  anonymousAccessModes,
  authenticationMethods,
  type VirtualProxyConfig,
} from '../repository/virtual-proxy.ts'
import { type ProxyRefusal, refuseWith } from './answers.ts'

/** The path below a virtual proxy where Qlik asks for the Windows login. */
export const windowsLoginPath = '/internal_windows_authentication'

const ways = new Map<number, string>([
  [
    authenticationMethods.jwt,
    'send a token with the first request: <code>Authorization: Bearer TOKEN</code>. A browser’s address bar cannot send it; ' +
      'a page of yours can, and the session cookie then opens the hub.',
  ],
  [
    authenticationMethods.ticket,
    'ask QPS for a ticket (<code>POST /qps/ticket</code>) and add <code>?qlikTicket=</code> to the address.',
  ],
])
const otherWay =
  'the header of its authentication method says who asks; SAML and OIDC are not served.'

function wayOf({ anonymousAccessMode, authenticationMethod }: VirtualProxyConfig): string {
  return anonymousAccessMode === anonymousAccessModes.noAnonymousUser
    ? (ways.get(authenticationMethod) ?? otherWay)
    : 'open it: anonymous users may come in.'
}

/**
 * What somebody without a session sees in place of Qlik’s Windows login, which is not served: the hubs of the
 * virtual proxies of the node, how to log in to each, and the console.
 *
 * @param place.baseUrl of the address that was asked
 */
export function noWindowsLogin(
  { repository }: ClientManaged,
  place: { readonly nodeId: string; readonly baseUrl: string },
): ProxyRefusal {
  const title = 'There is no Windows login here'
  const item = (config: VirtualProxyConfig) => {
    const hub = escapeHtml(`${config.prefix === '' ? '' : `/${config.prefix}`}/hub/`)
    return `<li><a href="${escapeHtml(place.baseUrl)}${hub}">${hub}</a>: ${wayOf(config)}</li>`
  }
  const body = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title></head>
<body style="max-width:45rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif">
<h1>${title}</h1>
<p>This is jotgate-emulator, a local stand-in for client-managed Qlik Sense. Qlik would ask for a Windows login now.</p>
<p>The hubs of the virtual proxies, and how to log in:</p>
<ul>
${repository.virtualProxiesOf(place.nodeId).map(item).join('\n')}
</ul>
<p>The <a href="${escapeHtml(place.baseUrl)}/_emulator">console</a> shows virtual proxies, users, sessions and every request.</p>
</body>
</html>
`
  const refusal = refuseWith(401, title, {
    form: 'html',
    detail: 'The emulator serves no Windows login. Use a virtual proxy for JWT, or a ticket',
  })
  return { ...refusal, body }
}
