import type { Entity, FieldsOf, Labelled, Reference } from './entity.ts'

/** A machine of the deployment. */
export interface ServerNodeConfiguration extends Entity, Labelled {
  readonly name: string
  readonly hostName: string
  readonly isCentral: boolean
  readonly nodePurpose: number
  readonly engineEnabled: boolean
  readonly proxyEnabled: boolean
  readonly printingEnabled: boolean
  readonly schedulerEnabled: boolean
  readonly failoverCandidate: boolean
}

/** By the numbers of `about/api/enums`. */
export const engineService = 3
export const runningState = 2
export const noCommunicationState = 3

/** What a service of a node does: the numbers are those of `about/api/enums`. */
export interface ServiceStatus extends Entity {
  readonly serviceType: number
  readonly serviceState: number
  readonly timestamp: string
  readonly serverNodeConfiguration: Reference
}

/** The proxy service of a node. */
export interface ProxyService extends Entity, Labelled {
  readonly serverNodeConfiguration: Reference
  readonly settings: ProxySettings
}

/** What a proxy service listens on, what it accepts, and which virtual proxies it serves. */
export interface ProxySettings {
  readonly listenPort: number
  readonly allowHttp: boolean
  readonly unencryptedListenPort: number
  readonly authenticationListenPort: number
  readonly kerberosAuthentication: boolean
  readonly unencryptedAuthenticationListenPort: number
  readonly sslBrowserCertificateThumbprint: string
  readonly keepAliveTimeoutSeconds: number
  readonly maxHeaderSizeBytes: number
  readonly maxHeaderLineBytes: number
  readonly maxHeaderLines: number
  readonly useWsTrace: boolean
  readonly performanceLoggingInterval: number
  readonly restListenPort: number
  /** Those that it serves: a virtual proxy that no proxy service names is not available. */
  readonly virtualProxies: readonly Reference[]
  readonly formAuthenticationPageTemplate: string
  readonly loggedOutPageTemplate: string
  readonly errorPageTemplate: string
}

/** A node with every service. */
export function newNode(name: string, isCentral: boolean) {
  return {
    tags: [],
    customProperties: [],
    name,
    hostName: 'localhost',
    isCentral,
    nodePurpose: 0,
    engineEnabled: true,
    proxyEnabled: true,
    printingEnabled: true,
    schedulerEnabled: true,
    failoverCandidate: false,
  }
}

/** The settings of a proxy service as it is installed. */
export function newProxySettings(virtualProxies: readonly Reference[]): ProxySettings {
  return {
    listenPort: 443,
    allowHttp: false,
    unencryptedListenPort: 80,
    authenticationListenPort: 4244,
    kerberosAuthentication: false,
    unencryptedAuthenticationListenPort: 4248,
    sslBrowserCertificateThumbprint: '',
    keepAliveTimeoutSeconds: 10,
    maxHeaderSizeBytes: 16_384,
    maxHeaderLineBytes: 8192,
    maxHeaderLines: 100,
    useWsTrace: false,
    performanceLoggingInterval: 5,
    restListenPort: 4243,
    virtualProxies,
    formAuthenticationPageTemplate: '',
    loggedOutPageTemplate: '',
    errorPageTemplate: '',
  }
}

/** Repository, proxy, scheduler and engine of a node, all running. */
export function runningServices(node: ServerNodeConfiguration): FieldsOf<ServiceStatus>[] {
  return [0, 1, 2, 3].map((serviceType) => ({
    serviceType,
    serviceState: runningState,
    timestamp: node.createdDate,
    serverNodeConfiguration: { id: node.id },
  }))
}
