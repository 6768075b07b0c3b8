import type { Entity, FieldsOf, Labelled, Reference } from './entity.ts'

/** How a virtual proxy learns who its visitors are: the values of `authenticationMethod`. */
export const authenticationMethods = {
  ticket: 0,
  headerStaticUserDirectory: 1,
  headerDynamicUserDirectory: 2,
  saml: 3,
  jwt: 4,
  oidc: 5,
} as const

/** The values of `anonymousAccessMode`. */
export const anonymousAccessModes = {
  noAnonymousUser: 0,
  allowAnonymous: 1,
  alwaysAnonymous: 2,
} as const

/** The values of `sameSiteAttributeHttp` and `sameSiteAttributeHttps`. */
export const sameSiteAttributes = { noAttribute: 0, none: 1, lax: 2, strict: 3 } as const

/** From an attribute of a login to the attribute that Qlik Sense uses. */
interface AttributeMapping {
  readonly senseAttribute: string
  readonly isMandatory: boolean
}

/** One line of the attribute mapping of a JWT virtual proxy. */
export interface JwtAttributeMapping extends AttributeMapping {
  /** The claim of the token. */
  readonly jwtAttribute: string
}

/** One line of the attribute mapping of a SAML virtual proxy. */
export interface SamlAttributeMapping extends AttributeMapping {
  readonly samlAttribute: string
}

/** One line of the attribute mapping of an OpenID Connect virtual proxy. */
export interface OidcAttributeMapping extends AttributeMapping {
  readonly oidcAttribute: string
}

/** A virtual proxy, by the names that the Repository Service API has for its fields. */
export interface VirtualProxyConfig extends Entity, Labelled {
  /** The first segment of its addresses; empty for the default one. */
  readonly prefix: string
  readonly description: string
  readonly authenticationModuleRedirectUri: string
  readonly sessionModuleBaseUri: string
  readonly loadBalancingModuleBaseUri: string
  readonly useStickyLoadBalancing: boolean
  /** The nodes whose engines it may use. */
  readonly loadBalancingServerNodes: readonly Reference[]
  /** One of `authenticationMethods`. */
  readonly authenticationMethod: number
  /** Replaced by `authenticationMethod`. */
  readonly headerAuthenticationMode: number
  readonly headerAuthenticationHeaderName: string
  readonly headerAuthenticationStaticUserDirectory: string
  readonly headerAuthenticationDynamicUserDirectory: string
  /** One of `anonymousAccessModes`. */
  readonly anonymousAccessMode: number
  readonly windowsAuthenticationEnabledDevicePattern: string
  /** The name of the session cookie. */
  readonly sessionCookieHeaderName: string
  readonly sessionCookieDomain: string
  readonly hasSecureAttributeHttps: boolean
  /** One of `sameSiteAttributes`. */
  readonly sameSiteAttributeHttps: number
  readonly hasSecureAttributeHttp: boolean
  readonly sameSiteAttributeHttp: number
  /** Lines of `Name: value`. */
  readonly additionalResponseHeaders: string
  /** Minutes. */
  readonly sessionInactivityTimeout: number
  readonly extendedSecurityEnvironment: boolean
  /** The host allow list. */
  readonly websocketCrossOriginWhiteList: readonly string[]
  readonly defaultVirtualProxy: boolean
  readonly samlMetadataIdP: string
  readonly samlHostUri: string
  readonly samlEntityId: string
  readonly samlAttributeUserId: string
  readonly samlAttributeUserDirectory: string
  readonly samlAttributeSigningAlgorithm: number
  readonly samlAttributeMap: readonly SamlAttributeMapping[]
  readonly samlSlo: boolean
  /** The claim with the user ID. */
  readonly jwtAttributeUserId: string
  /** The claim with the user directory, or `[DIRECTORY]` for one that is always the same. */
  readonly jwtAttributeUserDirectory: string
  readonly jwtAudience: string
  /** PEM, as it was given. */
  readonly jwtPublicKeyCertificate: string
  readonly jwtAttributeMap: readonly JwtAttributeMapping[]
  readonly magicLinkHostUri: string
  readonly magicLinkFriendlyName: string
  readonly oidcConfigurationEndpointUri: string
  readonly oidcClientId: string
  readonly oidcClientSecret: string
  readonly oidcRealm: string
  readonly oidcAttributeSub: string
  readonly oidcAttributeName: string
  readonly oidcAttributeGroups: string
  readonly oidcAttributeEmail: string
  readonly oidcAttributeClientId: string
  readonly oidcAttributePicture: string
  readonly oidcScope: string
  readonly oidcAttributeMap: readonly OidcAttributeMapping[]
  readonly enableEngineSaturationCheck: boolean
  readonly enableEngineHealthCheckData: boolean
  /** 0 round robin, 1 by memory. */
  readonly loadBalancingAlgorithm: number
}

/**
 * The fields of a virtual proxy that its creator omitted. The name of its session cookie has no
 * default: whoever creates one must give it.
 */
export function virtualProxyDefaults(): FieldsOf<VirtualProxyConfig> {
  return {
    tags: [],
    customProperties: [],
    prefix: '',
    description: '',
    authenticationModuleRedirectUri: '',
    sessionModuleBaseUri: '',
    loadBalancingModuleBaseUri: '',
    useStickyLoadBalancing: false,
    loadBalancingServerNodes: [],
    authenticationMethod: authenticationMethods.ticket,
    headerAuthenticationMode: 0,
    headerAuthenticationHeaderName: '',
    headerAuthenticationStaticUserDirectory: '',
    headerAuthenticationDynamicUserDirectory: '',
    anonymousAccessMode: anonymousAccessModes.noAnonymousUser,
    windowsAuthenticationEnabledDevicePattern: 'Windows',
    sessionCookieHeaderName: '',
    sessionCookieDomain: '',
    hasSecureAttributeHttps: true,
    sameSiteAttributeHttps: sameSiteAttributes.noAttribute,
    hasSecureAttributeHttp: false,
    sameSiteAttributeHttp: sameSiteAttributes.noAttribute,
    additionalResponseHeaders: '',
    sessionInactivityTimeout: 30,
    extendedSecurityEnvironment: false,
    websocketCrossOriginWhiteList: [],
    defaultVirtualProxy: false,
    samlMetadataIdP: '',
    samlHostUri: '',
    samlEntityId: '',
    samlAttributeUserId: '',
    samlAttributeUserDirectory: '',
    samlAttributeSigningAlgorithm: 0,
    samlAttributeMap: [],
    samlSlo: false,
    jwtAttributeUserId: '',
    jwtAttributeUserDirectory: '',
    jwtAudience: '',
    jwtPublicKeyCertificate: '',
    jwtAttributeMap: [],
    magicLinkHostUri: '',
    magicLinkFriendlyName: '',
    oidcConfigurationEndpointUri: '',
    oidcClientId: '',
    oidcClientSecret: '',
    oidcRealm: '',
    oidcAttributeSub: '',
    oidcAttributeName: '',
    oidcAttributeGroups: '',
    oidcAttributeEmail: '',
    oidcAttributeClientId: '',
    oidcAttributePicture: '',
    oidcScope: '',
    oidcAttributeMap: [],
    enableEngineSaturationCheck: false,
    enableEngineHealthCheckData: false,
    loadBalancingAlgorithm: 0,
  }
}
