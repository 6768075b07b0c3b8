import { newNode, newProxySettings } from '../../repository/nodes.ts'
import { date, type Fields, labels, oneOf, text, wholeNumber, yesNo } from '../fields.ts'
import type { EntityType } from './entity-type.ts'

const port = wholeNumber(1, 65_535)

const proxySettings: Fields = {
  listenPort: port,
  allowHttp: yesNo,
  unencryptedListenPort: port,
  authenticationListenPort: port,
  kerberosAuthentication: yesNo,
  unencryptedAuthenticationListenPort: port,
  sslBrowserCertificateThumbprint: text,
  keepAliveTimeoutSeconds: wholeNumber(1, 300),
  maxHeaderSizeBytes: wholeNumber(512, 131_072),
  maxHeaderLineBytes: wholeNumber(512, 131_072),
  maxHeaderLines: wholeNumber(20, 1000),
  useWsTrace: yesNo,
  performanceLoggingInterval: wholeNumber(1, 86_400),
  restListenPort: port,
  virtualProxies: { kind: 'references', to: 'VirtualProxyConfig' },
  formAuthenticationPageTemplate: text,
  loggedOutPageTemplate: text,
  errorPageTemplate: text,
}

const nodeReference = { kind: 'reference', to: 'ServerNodeConfiguration' } as const

export const proxyServices: EntityType = {
  path: 'proxyservice',
  type: 'ProxyService',
  fields: {
    ...labels,
    serverNodeConfiguration: nodeReference,
    settings: { kind: 'part', schemaPath: 'ProxyService.Settings', fields: proxySettings },
  },
  condensed: ['serverNodeConfiguration'],
  writes: ['update'],
  collection: (repository) => repository.proxyServices,
  defaults: () => ({
    tags: [],
    customProperties: [],
    serverNodeConfiguration: null,
    settings: newProxySettings([]),
  }),
  // A proxy service stays where it is.
  check: ({ draft, before }) => ({
    ...draft,
    serverNodeConfiguration: before?.serverNodeConfiguration,
  }),
}

export const serverNodes: EntityType = {
  path: 'servernodeconfiguration',
  type: 'ServerNodeConfiguration',
  fields: {
    ...labels,
    name: text,
    hostName: text,
    isCentral: yesNo,
    nodePurpose: oneOf('NodePurpose', 'Production', 'Development', 'Both'),
    engineEnabled: yesNo,
    proxyEnabled: yesNo,
    printingEnabled: yesNo,
    schedulerEnabled: yesNo,
    failoverCandidate: yesNo,
  },
  condensed: ['name', 'hostName'],
  writes: ['update'],
  collection: (repository) => repository.nodes,
  defaults: () => ({ ...newNode('', false) }),
  check: ({ draft, before }) => ({ ...draft, isCentral: before?.isCentral }),
}

export const serviceStatuses: EntityType = {
  path: 'servicestatus',
  type: 'ServiceStatus',
  fields: {
    serviceType: oneOf('ServiceType', 'Repository', 'Proxy', 'Scheduler', 'Engine'),
    serviceState: oneOf(
      'ServiceState',
      'Initializing',
      'CertificatesNotInstalled',
      'Running',
      'NoCommunication',
      'Disabled',
      'Unknown',
    ),
    timestamp: date,
    serverNodeConfiguration: nodeReference,
  },
  condensed: ['serviceType', 'serviceState', 'timestamp'],
  writes: [],
  collection: (repository) => repository.serviceStatuses,
  defaults: () => ({
    serviceType: 0,
    serviceState: 0,
    timestamp: '1753-01-01T00:00:00.000Z',
    serverNodeConfiguration: null,
  }),
}
