import type { Logger } from 'pino'
import type { AuditPlace } from './audit/audit-at.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { GatewayMetrics } from './metrics/gateway-metrics.ts'
import type { GatewaySessions, SessionPlace } from './session/gateway-session.ts'
import type { Store } from './store/store.ts'

/** What exists once in a gateway, and what stands on it. */
export interface SharedParts {
  readonly store: Store
  readonly audit: AuditLog
  readonly sessions: GatewaySessions
  readonly metrics: GatewayMetrics
  readonly log: Logger
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
  /** What the audit log says of a place: only what there is more than one of. */
  placeOf(place: Partial<SessionPlace>): AuditPlace
  /** What is opened is closed with the gateway: the newest first. */
  onClose(close: () => Promise<unknown> | unknown): void
  /** How much time closing has left, in milliseconds. */
  closingMs(): number
}
