import { emulatorError } from '../errors.ts'
import type { FieldsOf } from './repository/entity.ts'
import { authenticationMethods, type VirtualProxyConfig } from './repository/virtual-proxy.ts'

/** A virtual proxy to start with: its prefix, and any field of QRS under its own name. */
export interface VirtualProxyOptions extends Partial<FieldsOf<VirtualProxyConfig>> {
  readonly prefix: string
  /**
   * The PEM certificate of the key that signs tokens. With it the virtual proxy takes JWT, by default with the
   * attributes `userId` and `userDirectory`, and `group`, `name` and `email` mapped to the same names.
   */
  readonly certificate?: string
}

function problemOf(
  { prefix, certificate, sessionCookieHeaderName: cookie }: VirtualProxyOptions,
  others: readonly VirtualProxyOptions[],
): string | undefined {
  if (typeof prefix !== 'string' || !/^[a-z0-9._~-]{1,100}$/.test(prefix))
    return prefix === ''
      ? 'the default virtual proxy has no prefix already'
      : 'the prefix has a character that it cannot have'
  if (others.some((one) => one.prefix === prefix)) return 'the prefix is given twice'
  if (cookie !== undefined && !/^[\w!#$%&'*+.^`|~-]{1,200}$/.test(cookie))
    return 'sessionCookieHeaderName is not the name of a cookie'
  if (certificate === undefined) return undefined
  if (typeof certificate !== 'string') return 'the certificate is not a string'
  if (certificate.includes('PRIVATE KEY-----'))
    return 'that is a private key; the certificate belongs here'
  return /-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----/.test(certificate)
    ? undefined
    : 'that is not a certificate in PEM form'
}

/**
 * Refuses virtual proxies that could not work; no text repeats what was given for a certificate.
 *
 * @throws `EmulatorError` with the first that is wrong
 */
export function checkVirtualProxyOptions(all: readonly VirtualProxyOptions[]): void {
  for (const [index, one] of all.entries()) {
    const problem = problemOf(one, all.slice(0, index))
    if (problem !== undefined)
      throw emulatorError('ERR_EMULATOR_VIRTUAL_PROXY', { prefix: String(one.prefix), problem })
  }
}

/** The fields of QRS, with what a virtual proxy for JWT is commonly set to. */
export function toVirtualProxyFields({ certificate, ...fields }: VirtualProxyOptions) {
  const { prefix } = fields
  const named = {
    description: prefix,
    sessionCookieHeaderName: prefix === '' ? 'X-Qlik-Session' : `X-Qlik-Session-${prefix}`,
  }
  if (certificate === undefined) return { ...named, ...fields }
  return {
    ...named,
    authenticationMethod: authenticationMethods.jwt,
    jwtPublicKeyCertificate: certificate,
    jwtAttributeUserId: 'userId',
    jwtAttributeUserDirectory: 'userDirectory',
    jwtAttributeMap: ['group', 'name', 'email'].map((name) => ({
      jwtAttribute: name,
      senseAttribute: name,
      isMandatory: false,
    })),
    ...fields,
  }
}
