export { isJotgateError, JotgateError, type JotgateErrorCode } from '../errors/index.ts'
export type { QlikGroup, QlikName, QlikUser } from '../protocol/index.ts'
export { callAs } from './call-as.ts'
export { endSessionAtProxies } from './client-managed/qps/end-at-proxies.ts'
export {
  createProxyApi,
  type ProxyApi,
  type ProxySession,
  type ProxyUser,
} from './client-managed/qps/proxy-api.ts'
export type {
  NewSecurityRule,
  NewVirtualProxy,
  ProxyService,
  RepositoryEntity,
  RepositoryUser,
  SecurityRule,
  ServerNode,
  Tag,
  VirtualProxy,
} from './client-managed/qrs/entities.ts'
export type { RepositoryAccess, RepositoryOptions } from './client-managed/qrs/qrs-calls.ts'
export { createRepository, type Repository } from './client-managed/qrs/repository.ts'
export { type Administration, createAdministration } from './cloud/administration.ts'
export {
  type CspDirective,
  type CspOrigin,
  type CspOriginCalls,
  cspDirectives,
} from './cloud/csp-origins.ts'
export { getCsrfToken } from './cloud/csrf-token.ts'
export type { DirectoryCalls, DirectoryEntry } from './cloud/directory.ts'
export type { GroupSettings, GroupSettingsCalls } from './cloud/group-settings.ts'
export type { IdentityProvider, IdentityProviderCalls } from './cloud/identity-providers.ts'
export {
  type MachineProof,
  type MachineToken,
  requestMachineToken,
  tokenEndpoint,
} from './cloud/machine-token.ts'
export type { Space, SpaceAssignment, SpaceCalls } from './cloud/spaces.ts'
export type { WebIntegration, WebIntegrationCalls } from './cloud/web-integrations.ts'
export type { Cookies } from './cookies.ts'
export { type EngineSocket, engineSocket } from './engine-socket.ts'
export { engineUrl } from './engine-url.ts'
export type { QlikErrorCode } from './errors.ts'
export type {
  ClosedPath,
  GatewayRules,
  OwnPath,
  PathRule,
  QlikNotification,
} from './gateway-rules.ts'
export type { CallOptions } from './http.ts'
export { type KeptSession, keepSession, restoreSession } from './kept-session.ts'
export { pagesOf } from './pages.ts'
export type {
  Authorization,
  OpenSessionOptions,
  QlikProduct,
  QlikSignal,
  SessionCallOptions,
} from './product.ts'
export { endSession, getCurrentUser, openSession, productFor } from './product-for.ts'
export type { RestAnswer, RestCall, RestMethod } from './rest-call.ts'
export type { DeploymentAddress, QlikSession } from './session.ts'
export {
  type ClientCertificate,
  createTransport,
  type DispatcherOptions,
  type Transport,
  type TransportOptions,
} from './transport.ts'
