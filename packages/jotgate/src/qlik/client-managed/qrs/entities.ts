/** What every entity of the repository has. Fields that are not named here are kept and sent back as they are. */
export interface RepositoryEntity {
  readonly id: string
  /** When it was last changed. The repository refuses an update that was made of an older state (409). */
  readonly modifiedDate?: string
  readonly [field: string]: unknown
}

/** A virtual proxy, by the names that the repository has for the fields of the QMC. */
export interface VirtualProxy extends RepositoryEntity {
  /** Empty for the default one. */
  readonly prefix: string
  readonly description: string
  /** 4 is JWT. */
  readonly authenticationMethod: number
  readonly sessionCookieHeaderName: string
  readonly jwtPublicKeyCertificate?: string
  readonly jwtAttributeUserId?: string
  readonly jwtAttributeUserDirectory?: string
  readonly jwtAudience?: string
  readonly jwtAttributeMap?: readonly {
    readonly jwtAttribute: string
    readonly senseAttribute: string
    readonly isMandatory: boolean
  }[]
  readonly websocketCrossOriginWhiteList?: readonly string[]
  readonly additionalResponseHeaders?: string
  readonly sessionInactivityTimeout?: number
  readonly anonymousAccessMode?: number
  readonly extendedSecurityEnvironment?: boolean
  readonly loadBalancingServerNodes?: readonly { readonly id: string }[]
  readonly tags?: readonly Tag[]
}

/** The fields of a virtual proxy that is made; the repository gives all others their defaults. */
export interface NewVirtualProxy extends Partial<Omit<VirtualProxy, 'id'>> {
  readonly prefix: string
  readonly description: string
  readonly sessionCookieHeaderName: string
}

/** The proxy service of a node. */
export interface ProxyService extends RepositoryEntity {
  readonly serverNodeConfiguration: {
    readonly id: string
    readonly name: string
    readonly hostName: string
  }
  readonly settings: {
    /** Where its QPS listens: 4243. */
    readonly restListenPort: number
    readonly virtualProxies: readonly { readonly id: string; readonly prefix: string }[]
    readonly [field: string]: unknown
  }
}

/** A node of the site. */
export interface ServerNode extends RepositoryEntity {
  readonly name: string
  readonly hostName: string
  readonly isCentral: boolean
  readonly engineEnabled?: boolean
}

/** A word that administrators attach to entities. */
export interface Tag extends RepositoryEntity {
  readonly name: string
}

/** A security rule. Rules only ever allow. */
export interface SecurityRule extends RepositoryEntity {
  readonly name: string
  /** The resources that it is about: `VirtualProxyConfig_*`. */
  readonly resourceFilter: string
  /** The condition. */
  readonly rule: string
  /** A sum: create 1, read 2, update 4, delete 8. */
  readonly actions: number
  /** 0 everywhere, 1 in the hub, 2 in the QMC. */
  readonly ruleContext: number
  readonly comment: string
  readonly disabled: boolean
}

/** The fields of a security rule that is made. */
export interface NewSecurityRule extends Partial<Omit<SecurityRule, 'id'>> {
  readonly name: string
  readonly resourceFilter: string
  readonly rule: string
  readonly actions: number
}

/** A user as the repository has them. */
export interface RepositoryUser extends RepositoryEntity {
  readonly userDirectory: string
  readonly userId: string
  readonly name: string
  readonly roles: readonly string[]
  readonly inactive: boolean
  readonly blacklisted: boolean
}
