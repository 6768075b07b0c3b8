export { type ClientManagedOptions, clientManaged } from './client-managed/product.ts'
export type { ProxySessionView, SiteUserView, SiteView } from './client-managed/site-view.ts'
export type { ClientManagedSwitches } from './client-managed/switches.ts'
export type { VirtualProxyOptions } from './client-managed/virtual-proxy-options.ts'
export { type CloudOptions, cloudTenant } from './cloud/product.ts'
export type {
  IdentityProviderView,
  SessionView,
  TenantView,
  UserView,
  WebIntegrationView,
} from './cloud/state-view.ts'
export type { CloudSwitches } from './cloud/switch-definitions.ts'
export type { EmulatorClock } from './control/clock.ts'
export type { ActiveFault, Fault, FaultEffect } from './control/faults/fault.ts'
export type { FaultBoard } from './control/faults/fault-board.ts'
export type { RecordedRequest, RecordedToken, RuleVerdict } from './control/recorder.ts'
export {
  type AppDefinition,
  createMoviesApp,
  type DataError,
  isDataError,
  moviesAppId,
  parseSectionAccess,
  readAppFile,
  type SectionAccess,
} from './engine/index.ts'
export { type EmulatorError, type EmulatorErrorCode, isEmulatorError } from './errors.ts'
export {
  type ClientManagedEmulator,
  type ClientManagedEmulatorOptions,
  createClientManagedEmulator,
} from './start/client-managed-emulator.ts'
export { createEmulator, type Emulator, type EmulatorOptions } from './start/emulator.ts'
export {
  type CertificateExport,
  createEmulators,
  type EmulatorControl,
  type Emulators,
  type ProductEmulator,
  type SharedOptions,
} from './start/emulators.ts'
export type { TlsOptions, TlsTrust } from './tls/secure-server.ts'
