import { X509Certificate } from 'node:crypto'
import { authenticationMethods, type VirtualProxyConfig } from '../repository/virtual-proxy.ts'

/** What the QMC saves without a word, and what comes of it. */
export interface Notice {
  readonly field: string
  readonly text: string
}

const reserved: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

function checkCertificate(text: string): string | undefined {
  if (/BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY/.test(text))
    return 'The JWT certificate is a private key. Whoever reads this field can log in as anyone: make a new pair, and paste its certificate.'
  if (!text.includes('BEGIN CERTIFICATE') && text.includes('BEGIN PUBLIC KEY'))
    return 'The JWT certificate is a public key. No source shows one working: make a certificate of it (the switch proxyPublicKey decides here).'
  if (!/\n/.test(text))
    return 'The JWT certificate is on one line, as Qlik Cloud wants it. Paste it with its line breaks: no token is accepted.'
  if ((text.match(/BEGIN CERTIFICATE/g) ?? []).length > 1)
    return 'The JWT certificate is several. Whether more than the first counts is not known (the switch severalCertificates decides here).'
  try {
    new X509Certificate(text)
    return undefined
  } catch {
    return 'The JWT certificate cannot be read: no token is accepted. Copy the file again, all of it.'
  }
}

/**
 * Looks for what a virtual proxy may have by the QMC's form and why nobody gets in all the same.
 *
 * @param linkedTo how many proxies serve it
 */
export function noticesOn(config: VirtualProxyConfig, linkedTo: number): Notice[] {
  const found: Notice[] = []
  const notice = (field: string, text: string) => found.push({ field, text })
  if (linkedTo === 0)
    notice('links', 'It is not linked to a proxy: its addresses are answered with 400.')
  if (config.loadBalancingServerNodes.length === 0)
    notice('loadBalancingServerNodes', 'It has no load balancing node: no app opens.')
  for (const entry of config.websocketCrossOriginWhiteList)
    if (/[/:]/.test(entry))
      notice(
        'websocketCrossOriginWhiteList',
        `${entry} in the Host allow list is not a host name alone (the switch hostAllowListWithScheme decides).`,
      )
  if (config.sameSiteAttributeHttps === 1 && !config.hasSecureAttributeHttps)
    notice(
      'sameSiteAttributeHttps',
      'SameSite is None without the secure attribute: browsers refuse the cookie.',
    )
  if (config.authenticationMethod !== authenticationMethods.jwt) return found

  const flaw = checkCertificate(config.jwtPublicKeyCertificate)
  if (flaw !== undefined) notice('jwtPublicKeyCertificate', flaw)
  for (const name of [config.jwtAttributeUserId, config.jwtAttributeUserDirectory])
    if (reserved.includes(name))
      notice(
        'jwtAttributeUserId',
        `${name} is a reserved claim of JWT. Choose another name (the switch subAsAttribute decides about sub).`,
      )
  return found
}
