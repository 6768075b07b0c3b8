import { get } from '../api.ts'

/** A virtual proxy, by the names that QRS has for its fields. */
export interface ShownVirtualProxy {
  readonly id: string
  readonly description: string
  readonly prefix: string
  readonly authenticationMethod: number
  readonly sessionCookieHeaderName: string
  readonly sessionInactivityTimeout: number
  readonly anonymousAccessMode: number
  readonly jwtPublicKeyCertificate: string
  readonly jwtAttributeUserId: string
  readonly jwtAttributeUserDirectory: string
  readonly jwtAudience: string
  readonly jwtAttributeMap: readonly {
    readonly jwtAttribute: string
    readonly senseAttribute: string
    readonly isMandatory: boolean
  }[]
  readonly loadBalancingServerNodes: readonly { readonly id: string }[]
  readonly extendedSecurityEnvironment: boolean
  readonly sessionCookieDomain: string
  readonly hasSecureAttributeHttps: boolean
  readonly sameSiteAttributeHttps: number
  readonly hasSecureAttributeHttp: boolean
  readonly sameSiteAttributeHttp: number
  readonly additionalResponseHeaders: string
  readonly websocketCrossOriginWhiteList: readonly string[]
  readonly defaultVirtualProxy: boolean
}

/** What is wrong or missing, in words. */
export interface Notice {
  readonly field: string
  readonly text: string
}

/** What the site has, as the control API shows it. */
export interface ShownSite {
  readonly nodes: readonly {
    readonly id: string
    readonly name: string
    readonly isCentral: boolean
  }[]
  readonly virtualProxies: readonly (ShownVirtualProxy & {
    /** The nodes whose proxy serves it. */
    readonly linkedTo: readonly string[]
    readonly sessions: number
    readonly notices: readonly Notice[]
  })[]
  readonly sessions: readonly {
    readonly id: string
    readonly user: string
    readonly prefix: string
    readonly node: string
    readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[]
    readonly createdAt: string
    readonly lastUsedAt: string
    readonly sockets: number
  }[]
  readonly users: readonly {
    readonly id: string
    readonly userDirectory: string
    readonly userId: string
    readonly name: string
    readonly roles: readonly string[]
    readonly inactive: boolean
    readonly blacklisted: boolean
    readonly removedExternally: boolean
    readonly sessions: number
  }[]
  readonly rules: readonly {
    readonly id: string
    readonly name: string
    readonly type: string
    readonly resourceFilter: string
    readonly rule: string
    readonly actions: string
    readonly context: string
    readonly disabled: boolean
  }[]
}

export const readSite = (): Promise<ShownSite> => get<ShownSite>('/client-managed/site')
