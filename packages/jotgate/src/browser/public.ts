export { isJotgateError, JotgateError, type JotgateErrorCode } from '../errors/index.ts'
export type { QlikName, QlikUser } from '../protocol/index.ts'
export { connect } from './connect.ts'
export type { ClientManagedConnection, QlikConnection } from './connection.ts'
export type { LoginStep, LoginStepEvent } from './direct/login-step.ts'
export type { SingleOptions } from './direct/single-url.ts'
export type { BrowserErrorCode } from './errors.ts'
export type {
  ClientManagedOptions,
  CloudOptions,
  CommonOptions,
  ConnectOptions,
  DirectOptions,
  GatewayOptions,
  TokenSource,
} from './options.ts'
export {
  type ConnectionEvent,
  type ConnectionState,
  type Ended,
  type EndedReason,
  endedReasons,
  reasonOf,
  type Waiting,
  type WaitingReason,
  waitingReasons,
} from './reasons.ts'
