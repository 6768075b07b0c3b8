import { virtualProxyDefaults } from '../../repository/virtual-proxy.ts'
import {
  type Field,
  type Fields,
  labels,
  oneOf,
  strings,
  text,
  wholeNumber,
  yesNo,
} from '../fields.ts'
import { badRequest, duplicate, type QrsRefusal } from '../refusal.ts'
import { type Draft, type DraftCheck, type EntityType, isTaken } from './entity-type.ts'

const sameSite = oneOf('SameSiteAttribute', 'NoAttribute', 'None', 'Lax', 'Strict')

function attributeMap(attribute: string, schemaPath: string): Field {
  const fields = { senseAttribute: text, isMandatory: yesNo, [attribute]: text }
  return { kind: 'parts', schemaPath, fields }
}

const fields: Fields = {
  ...labels,
  prefix: text,
  description: text,
  authenticationModuleRedirectUri: text,
  sessionModuleBaseUri: text,
  loadBalancingModuleBaseUri: text,
  useStickyLoadBalancing: yesNo,
  loadBalancingServerNodes: { kind: 'references', to: 'ServerNodeConfiguration' },
  authenticationMethod: oneOf(
    'AuthenticationMethod',
    'Ticket',
    'HeaderStaticUserDirectory',
    'HeaderDynamicUserDirectory',
    'SAML',
    'JWT',
    'OIDC',
  ),
  headerAuthenticationMode: oneOf(
    'HeaderAuthenticationMode',
    'NotAllowed',
    'StaticUserDirectory',
    'DynamicUserDirectory',
    'Undefined',
  ),
  headerAuthenticationHeaderName: text,
  headerAuthenticationStaticUserDirectory: text,
  headerAuthenticationDynamicUserDirectory: text,
  anonymousAccessMode: oneOf(
    'AnonymousAccessMode',
    'NoAnonymousUser',
    'AllowAnonymous',
    'AlwaysAnonymous',
  ),
  windowsAuthenticationEnabledDevicePattern: text,
  sessionCookieHeaderName: text,
  sessionCookieDomain: text,
  hasSecureAttributeHttps: yesNo,
  sameSiteAttributeHttps: sameSite,
  hasSecureAttributeHttp: yesNo,
  sameSiteAttributeHttp: sameSite,
  additionalResponseHeaders: text,
  sessionInactivityTimeout: wholeNumber(1, 1_000_000),
  extendedSecurityEnvironment: yesNo,
  websocketCrossOriginWhiteList: strings,
  defaultVirtualProxy: yesNo,
  samlMetadataIdP: text,
  samlHostUri: text,
  samlEntityId: text,
  samlAttributeUserId: text,
  samlAttributeUserDirectory: text,
  samlAttributeSigningAlgorithm: oneOf('SamlSigningAlgorithm', 'SHA1', 'SHA256'),
  samlAttributeMap: attributeMap('samlAttribute', 'VirtualProxyConfigSamlAttributeMapItem'),
  samlSlo: yesNo,
  jwtAttributeUserId: text,
  jwtAttributeUserDirectory: text,
  jwtAudience: text,
  jwtPublicKeyCertificate: text,
  jwtAttributeMap: attributeMap('jwtAttribute', 'VirtualProxyConfigJwtAttributeMapItem'),
  magicLinkHostUri: text,
  magicLinkFriendlyName: text,
  oidcConfigurationEndpointUri: text,
  oidcClientId: text,
  oidcClientSecret: text,
  oidcRealm: text,
  oidcAttributeSub: text,
  oidcAttributeName: text,
  oidcAttributeGroups: text,
  oidcAttributeEmail: text,
  oidcAttributeClientId: text,
  oidcAttributePicture: text,
  oidcScope: text,
  oidcAttributeMap: attributeMap('oidcAttribute', 'VirtualProxyConfigOidcAttributeMapItem'),
  enableEngineSaturationCheck: yesNo,
  enableEngineHealthCheckData: yesNo,
  loadBalancingAlgorithm: oneOf('LoadBalancingAlgorithm', 'RoundRobin', 'MemoryAllocation'),
}

/** A name of a header or cookie (RFC 9110 §5.6.2). */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Prefix and cookie name are unique; help.qlik.com, “Create a virtual proxy”, has their characters. */
function check({ draft, repository, before }: DraftCheck): Draft | QrsRefusal {
  const { prefix, sessionCookieHeaderName: cookie, headerAuthenticationHeaderName: header } = draft
  const others = repository.virtualProxies.list()
  if (!/^[a-z0-9._~-]*$/.test(String(prefix)))
    return badRequest('prefix: only lower-case letters, digits and - . _ ~ are allowed')
  if (String(cookie) === '') return badRequest('sessionCookieHeaderName is required')
  if (!token.test(String(cookie)))
    return badRequest('sessionCookieHeaderName is not the name of a cookie')
  if (header !== '' && !token.test(String(header)))
    return badRequest('headerAuthenticationHeaderName is not the name of a header')
  // “X-Qlik-Userheader would result in an invalid request”: the proxy's own header begins so.
  if (/x-qlik-user/i.test(String(header)))
    return badRequest('headerAuthenticationHeaderName contains a name that Qlik Sense uses itself')
  if (isTaken(others, before, 'prefix', prefix))
    return duplicate(`A virtual proxy with the prefix '${prefix}' exists already`)
  if (isTaken(others, before, 'sessionCookieHeaderName', cookie))
    return duplicate(`A virtual proxy with the session cookie '${cookie}' exists already`)
  return { ...draft, defaultVirtualProxy: before?.defaultVirtualProxy === true }
}

export const virtualProxies: EntityType = {
  path: 'virtualproxyconfig',
  type: 'VirtualProxyConfig',
  fields,
  condensed: Object.keys(fields).filter((name) => name !== 'customProperties' && name !== 'tags'),
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.virtualProxies,
  defaults: () => ({ ...virtualProxyDefaults() }),
  check,
  refuseDelete: ({ defaultVirtualProxy }) =>
    defaultVirtualProxy === true
      ? badRequest('The default virtual proxy cannot be deleted')
      : undefined,
}
