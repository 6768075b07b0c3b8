export type {
  EmulatorView,
  IdentityProviderView,
  SessionView,
  UserView,
  WebIntegrationView,
} from './cloud/state-view.ts'
export type { EmulatorClock } from './control/clock.ts'
export type { ArmedFault, Fault, FaultEffect } from './control/faults/fault.ts'
export type { FaultBoard } from './control/faults/fault-board.ts'
export type { JudgedToken, RecordedRequest, RuleVerdict } from './control/recorder.ts'
export type { Switches } from './control/switch-definitions.ts'
export { createEmulator, type EmulatorOptions } from './emulator.ts'
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
export type { Emulator } from './start-emulator.ts'
export type { TlsOptions, TlsTrust } from './tls/secure-server.ts'
