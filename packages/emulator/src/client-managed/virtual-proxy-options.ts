import type { FieldsOf } from './repository/entity.ts'
import { authenticationMethods, type VirtualProxyConfig } from './repository/virtual-proxy.ts'

/** A virtual proxy to start with: its prefix, and any field of QRS under its own name. */
export interface VirtualProxyOptions extends Partial<FieldsOf<VirtualProxyConfig>> {
  readonly prefix: string
  /**
   * The PEM certificate of the key that signs tokens. With it the virtual proxy takes JWT, by default with the
   * attributes `userId` and `userDirectory`, and `group` mapped to `group`.
   */
  readonly certificate?: string
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
    jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false }],
    ...fields,
  }
}
