import { clientManaged as clientManagedDeployment } from 'jotgate'
import { clientManaged } from 'jotgate-emulator'

/** The prefix of the virtual proxy that trusts the portal’s key. */
export const serverPrefix = 'jwt'

/** The user directory of all of the portal’s people. */
const userDirectory = 'ACME'

/**
 * A client-managed Qlik for the portal: one virtual proxy, set up as docs/guides/client-managed.md says, for pages at these
 * origins.
 *
 * @param options.origins of the portal; those on another site need SameSite None, which browsers want with Secure
 */
export function serverForPortal(options: {
  port: number
  certificatePem: string
  origins: readonly string[]
}) {
  const { port, certificatePem, origins } = options
  const hosts = origins.map((origin) => new URL(origin).hostname)
  return clientManaged({
    port,
    virtualProxies: [
      {
        prefix: serverPrefix,
        certificate: certificatePem,
        description: 'The example portal',
        jwtAttributeMap: ['group', 'name', 'email'].map((name) => ({
          jwtAttribute: name,
          senseAttribute: name,
          isMandatory: false,
        })),
        websocketCrossOriginWhiteList: [...new Set(hosts)],
        hasSecureAttributeHttp: true,
        sameSiteAttributeHttp: 1,
        additionalResponseHeaders: [
          `Access-Control-Allow-Origin: ${origins.join(', ')}`,
          'Access-Control-Allow-Credentials: true',
          'Access-Control-Allow-Headers: Authorization, Content-Type, X-Qlik-Xrfkey, qlik-csrf-token, qlik-api-version',
          'Access-Control-Allow-Methods: GET, POST, PUT, DELETE',
          'Access-Control-Expose-Headers: qlik-csrf-token',
        ].join('\n'),
      },
    ],
    // What direct mode needs of a server, and what no source settles.
    switches: { proxyPreflight: 'answered', severalOrigins: 'reflected' },
  })
}

/** The same virtual proxy, as whoever signs tokens for it has it. */
export function serverDeployment(url: string) {
  return clientManagedDeployment({
    url,
    prefix: serverPrefix,
    userDirectory,
    claims: {
      userId: 'userId',
      userDirectory: 'userDirectory',
      groups: 'group',
      attributes: { name: 'name', email: 'email' },
    },
  })
}
