import type { ProxyService, ServerNode, VirtualProxy } from '../../qlik/index.ts'
import type { ClientManagedDeployment } from '../../token/index.ts'
import type { WantedObject } from '../kind.ts'
import { canonicalCertificate } from './certificate.ts'
import { keyOfLink } from './proxy-link.ts'
import { type RuleText, serviceUserRules } from './security-rules.ts'

/** What a setup of client-managed Qlik says beside the deployment; everything but the ID can be omitted. */
export interface ClientManagedSetup {
  /** Marks what this setup made: 8 to 32 of a-z and 0-9. */
  readonly id: string
  /** Origins of pages that open Qlik themselves (direct mode). None in gateway mode. */
  readonly origins?: readonly string[]
  readonly virtualProxy?: {
    /** Default `jotgate`. */
    readonly description?: string
    /** Default `X-Qlik-Session-` and the prefix; no other virtual proxy may have it. */
    readonly sessionCookieName?: string
    /** In minutes, default 30, from 1. */
    readonly inactivityTimeout?: number
    /** Default none: the host that was asked. */
    readonly sessionCookieDomain?: string
    /** Host names beside Qlik’s own and those of the origins. */
    readonly hostAllowList?: readonly string[]
    /** Lines of `Name: value`, beside those that the origins need. */
    readonly responseHeaders?: readonly string[]
    /** Default false. */
    readonly extendedSecurity?: boolean
    /** Names of the nodes whose engines it uses; every node with an engine when omitted. */
    readonly nodes?: readonly string[]
    /** Names of the nodes at whose proxies it is linked. When omitted see `proxiesFor`. */
    readonly proxies?: readonly string[]
  }
}

/** What the wanted state follows from. */
export interface WantedOptions {
  readonly deployment: ClientManagedDeployment
  readonly certificate: string
  readonly setup: ClientManagedSetup
  /** Has the least rights when it is named. */
  readonly serviceUser?: { readonly directory: string; readonly id: string } | undefined
  readonly nodes: readonly ServerNode[]
  readonly services: readonly ProxyService[]
  readonly virtualProxies: readonly VirtualProxy[]
}

/** The virtual proxy, its links, and the rules of a service user: what a login through the deployment needs. */
export function wantedObjects(options: WantedOptions): readonly WantedObject[] {
  const { deployment, setup, serviceUser } = options
  const { prefix } = deployment
  const rules =
    serviceUser === undefined
      ? []
      : serviceUserRules({ user: serviceUser, prefix, setupId: setup.id })
  return [wantedVirtualProxy(options), ...wantedLinks(options), ...rules.map(wantedRule)]
}

function wantedVirtualProxy({
  deployment,
  certificate,
  setup,
  nodes,
}: WantedOptions): WantedObject {
  const { prefix, claims, url, audience = '' } = deployment
  const { virtualProxy: own = {} } = setup
  // As a browser sends them.
  const origins = (setup.origins ?? []).map((origin) => new URL(origin).origin)
  return {
    kind: 'virtual proxy',
    key: prefix,
    fields: {
      prefix,
      description: own.description ?? 'jotgate',
      authenticationMethod: 'JWT',
      jwtPublicKeyCertificate: canonicalCertificate(certificate),
      jwtAttributeUserId: claims.userId,
      jwtAttributeUserDirectory: claims.userDirectory,
      jwtAudience: audience,
      jwtAttributeMap: attributeMapFor(claims),
      sessionCookieHeaderName: own.sessionCookieName ?? `X-Qlik-Session-${prefix}`,
      sessionCookieDomain: own.sessionCookieDomain ?? '',
      sessionInactivityTimeout: own.inactivityTimeout ?? 30,
      loadBalancingServerNodes:
        own.nodes ??
        nodes.filter(({ engineEnabled }) => engineEnabled !== false).map(({ name }) => name),
      websocketCrossOriginWhiteList: unique([
        ...[url, ...origins].map((origin) => new URL(origin).hostname),
        ...(own.hostAllowList ?? []).map((host) => host.toLowerCase()),
      ]),
      anonymousAccessMode: 'NoAnonymousUser',
      extendedSecurityEnvironment: own.extendedSecurity ?? false,
      ...headersFor(origins, own.responseHeaders),
      ...(origins.length === 0 ? {} : sameSiteNone(url)),
    },
    because: 'the deployment, its setup and its key',
    reasons: reasonsFor(setup),
  }
}

/** Where the fields of a virtual proxy follow from. */
function reasonsFor({
  origins = [],
  virtualProxy: own = {},
}: ClientManagedSetup): Readonly<Record<string, string>> {
  const said = (name: keyof typeof own, otherwise: string) =>
    own[name] === undefined ? otherwise : `setup.virtualProxy.${name}`
  const direct = origins.length === 0 ? [] : ['setup.origins']
  const and = (...reasons: readonly string[]) => reasons.filter((one) => one !== '').join(', ')
  const sameSite = 'setup.origins'
  return {
    prefix: 'the deployment',
    description: said('description', 'the default'),
    authenticationMethod: 'tokens only',
    jwtPublicKeyCertificate: 'the certificate of the signing key',
    jwtAttributeUserId: 'claims.userId',
    jwtAttributeUserDirectory: 'claims.userDirectory',
    jwtAudience: 'audience',
    jwtAttributeMap: 'claims.groups, claims.attributes',
    sessionCookieHeaderName: said('sessionCookieName', 'from the prefix'),
    sessionCookieDomain: said('sessionCookieDomain', 'the default'),
    sessionInactivityTimeout: said('inactivityTimeout', 'the default'),
    loadBalancingServerNodes: said('nodes', 'the nodes with an engine'),
    websocketCrossOriginWhiteList: and('url', ...direct, said('hostAllowList', '')),
    anonymousAccessMode: 'tokens only',
    extendedSecurityEnvironment: said('extendedSecurity', 'the default'),
    additionalResponseHeaders: and(...direct, said('responseHeaders', '')),
    sameSiteAttributeHttp: sameSite,
    sameSiteAttributeHttps: sameSite,
    hasSecureAttributeHttp: sameSite,
    hasSecureAttributeHttps: sameSite,
  }
}

/** Each claim under its own name, as rules read it: `user.environment.group`. */
function attributeMapFor({ groups, attributes = {} }: ClientManagedDeployment['claims']) {
  const names = [...(groups === undefined ? [] : [groups]), ...Object.values(attributes)]
  return unique(names).map((name) => ({
    jwtAttribute: name,
    senseAttribute: name,
    isMandatory: false,
  }))
}

function headersFor(origins: readonly string[], others: readonly string[] = []) {
  if (origins.length === 0 && others.length === 0) return {}
  return {
    additionalResponseHeaders: [
      ...(origins.length === 0 ? [] : corsHeadersFor(origins)),
      ...others,
    ],
  }
}

/**
 * What a browser wants to be told before a page of another origin may send a token and read the CSRF token.
 *
 * @see https://community.qlik.com, Extended WebSocket CSRF (2509211), for the first, second and last
 */
export const corsHeadersFor = (origins: readonly string[]): readonly string[] => [
  `Access-Control-Allow-Origin: ${origins.join(', ')}`,
  'Access-Control-Allow-Credentials: true',
  'Access-Control-Allow-Headers: Authorization, Content-Type, X-Qlik-Xrfkey, qlik-csrf-token, qlik-api-version',
  'Access-Control-Allow-Methods: GET, POST, PUT, DELETE',
  'Access-Control-Expose-Headers: qlik-csrf-token',
]

/** Cookies for pages of another site: browsers take None with Secure only. */
const sameSiteNone = (url: string) =>
  url.startsWith('https:')
    ? { sameSiteAttributeHttps: 'None', hasSecureAttributeHttps: true }
    : { sameSiteAttributeHttp: 'None', hasSecureAttributeHttp: true }

/** At which proxies a virtual proxy is to be linked, and why. */
export function wantedLinks({
  deployment: { prefix, url },
  setup,
  nodes,
  services,
  virtualProxies,
}: Pick<WantedOptions, 'nodes' | 'services' | 'virtualProxies'> & {
  readonly deployment: Pick<ClientManagedDeployment, 'prefix' | 'url'>
  readonly setup: Pick<ClientManagedSetup, 'virtualProxy'>
}): readonly WantedObject[] {
  const named = setup.virtualProxy?.proxies
  const link = (node: string, because: string): WantedObject => ({
    kind: 'proxy link',
    key: keyOfLink(prefix, node),
    fields: { virtualProxy: prefix, node },
    because,
  })
  if (named !== undefined) return named.map((node) => link(node, 'setup.virtualProxy.proxies'))
  const id = virtualProxies.find((one) => one.prefix === prefix)?.id
  const central = nodes.filter(({ isCentral }) => isCentral).map((one) => one.id)
  const host = new URL(url).hostname
  const serves = ({ serverNodeConfiguration: node }: ProxyService) =>
    node.hostName.toLowerCase() === host
  const isKnown = services.some(serves)
  return services.flatMap((service) => {
    const { id: nodeId, name } = service.serverNodeConfiguration
    const reason = [
      serves(service) && 'the address, which leads to this proxy',
      !isKnown && 'the address, which has the name of none of the proxies, so it may lead to each',
      central.includes(nodeId) && 'the central proxy, which is linked too where there are several',
      // Taking it away would end all sessions there: only `proxies` says that it is not wanted.
      service.settings.virtualProxies.some((one) => one.id === id) &&
        'the link, which is there already',
    ].find((one) => one !== false)
    return reason === undefined ? [] : [link(name, reason)]
  })
}

const wantedRule = ({ name, ...fields }: RuleText): WantedObject => ({
  kind: 'security rule',
  key: name,
  fields: { ...fields, disabled: false },
  because: 'administrator.user, who needs no more rights than these',
})

const unique = (texts: readonly string[]) => [...new Set(texts)]
