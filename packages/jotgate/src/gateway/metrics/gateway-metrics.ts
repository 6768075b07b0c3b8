import { isJotgateError } from '../../errors/index.ts'
import { type QlikProduct, qlikErrors } from '../../qlik/index.ts'
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import type { EndReason } from '../session/gateway-session.ts'
import type { Store } from '../store/store.ts'
import { unwatched } from '../store/unwatched.ts'
import type { SocketsClosed } from '../websocket/session-watch.ts'
import { createRegistry, type Histogram, type Registry } from './registry.ts'

/** What the gateway counts. Each takes what a part tells anyway, so that no part knows of metrics. */
export interface GatewayMetrics {
  readonly registry: Registry
  /** A request was answered with this status; 0 when its client had gone before. */
  readonly onAnswered: (status: number, ms: number) => void
  /** A request or an upgrade was answered by this error. */
  readonly onProblem: (code: string) => void
  /** The sockets of a session that was ended are closed. */
  readonly onSocketsClosed: (closed: SocketsClosed) => void
  /** The same parts, counted and timed. */
  countAudit(audit: AuditLog): AuditLog
  countStore(store: Store): Store
  countLogins(product: QlikProduct): QlikProduct
  /** @param size of one deployment's queue of logins */
  addLoginQueue(size: () => number): void
}

/** Of `denied` there is one line a minute; `jotgate_denials_total` has all. */
const auditEvents: readonly Exclude<AuditEvent['event'], 'denied'>[] = [
  'start',
  'stop',
  'enter',
  'refuse',
  'mint',
  'qlik-session-open',
  'qlik-session-end',
  'socket-open',
  'session-end',
  'administration',
]

const endReasons: readonly EndReason[] = [
  'signed-out',
  'replaced',
  'host-signed-out',
  'host-silent',
  'expired',
  'revoked',
]

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const writeBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** Makes the gateway's metrics. No label holds what comes from outside. */
export function createGatewayMetrics(): GatewayMetrics {
  const registry = createRegistry()
  const answers = registry.counter({
    name: 'jotgate_requests_total',
    help: 'Requests by the class of their answer; aborted when the client had gone.',
    label: 'answer',
    values: ['1xx', '2xx', '3xx', '4xx', '5xx', 'aborted'],
  })
  const answerTimes = registry.histogram({
    name: 'jotgate_request_seconds',
    help: 'Time from a request to the end of its answer, downloads and streams included.',
    buckets: requestBuckets,
  })
  const codes = [...Object.keys(gatewayErrors), ...Object.keys(qlikErrors)]
  const problems = registry.counter({
    name: 'jotgate_problems_total',
    help: 'Requests and upgrades that were answered by an error of the gateway, by code.',
    label: 'code',
    values: codes,
  })
  const denials = registry.counter({
    name: 'jotgate_denials_total',
    help: 'Denials without a session, as the audit log counts them, by code.',
    label: 'code',
    values: codes,
  })
  const lines = registry.counter({
    name: 'jotgate_audit_lines_total',
    help: 'Lines for the audit log, by event: enter, mint, socket-open and so on.',
    label: 'event',
    values: auditEvents,
  })
  const ends = registry.counter({
    name: 'jotgate_session_ends_total',
    help: 'Gateway sessions that have ended, by reason.',
    label: 'reason',
    values: endReasons,
  })
  const auditWrites = timed(registry, {
    name: 'jotgate_audit_write',
    help: 'until a line of the audit log is durable',
    buckets: writeBuckets,
  })
  const storeWrites = timed(registry, {
    name: 'jotgate_store_write',
    help: 'until a record of the session store is durable',
    buckets: writeBuckets,
  })
  const logins = registry.counter({
    name: 'jotgate_qlik_logins_total',
    help: 'Logins at Qlik, by outcome: opened, refused, rate-limited, unreachable or failed.',
    label: 'outcome',
    values: ['opened', 'refused', 'rate-limited', 'unreachable', 'failed'],
  })
  const loginTimes = registry.histogram({
    name: 'jotgate_qlik_login_seconds',
    help: 'How long Qlik took to open a session.',
    buckets: requestBuckets,
  })
  const loginQueues: (() => number)[] = []
  registry.gauge({
    name: 'jotgate_qlik_logins_waiting',
    help: 'Logins at Qlik that wait for their turn.',
    read: () => loginQueues.reduce((sum, size) => sum + size(), 0),
  })
  const revocations = registry.histogram({
    name: 'jotgate_revocation_seconds',
    help: 'Time from the end of a session to the close of its last web socket.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  })
  const revoked = registry.counter({
    name: 'jotgate_revoked_sockets_total',
    help: 'Web sockets that were closed because their session had ended.',
  })

  return {
    registry,
    onAnswered(status, ms) {
      answers.add(status === 0 ? 'aborted' : `${Math.trunc(status / 100)}xx`)
      answerTimes.observe(ms / 1000)
    },
    onProblem: (code) => problems.add(code),
    onSocketsClosed({ count, ms }) {
      revocations.observe(ms / 1000)
      revoked.add('', count)
    },
    countAudit: (audit) => ({
      record(event) {
        lines.add(event.event)
        return auditWrites(() => audit.record(event))
      },
      recordLater(event) {
        lines.add(event.event)
        if (event.event === 'session-end') ends.add(event.reason)
        audit.recordLater(event)
      },
      countDenial(denial) {
        // Every other reason is one why somebody is not identified.
        const isCode = Object.hasOwn(gatewayErrors, denial.reason)
        denials.add(isCode ? denial.reason : 'ERR_GATEWAY_NOT_IDENTIFIED')
        audit.countDenial(denial)
      },
      get healthy() {
        return audit.healthy
      },
      close: () => audit.close(),
    }),
    countStore: (store) => ({
      get: (kind, id) => store.get(kind, id),
      put: (kind, stored) => unwatched(() => storeWrites(() => store.put(kind, stored))),
      add: (kind, stored) => unwatched(() => storeWrites(() => store.add(kind, stored))),
      delete: (kind, ids) => unwatched(() => storeWrites(() => store.delete(kind, ids))),
      list: (kind) => store.list(kind),
      get healthy() {
        return store.healthy
      },
      close: () => store.close(),
    }),
    addLoginQueue: (size) => void loginQueues.push(size),
    countLogins: (product) => ({
      ...product,
      async openSession(options) {
        const since = performance.now()
        try {
          const session = await product.openSession(options)
          logins.add('opened')
          return session
        } catch (error) {
          logins.add(outcomeOf(error))
          throw error
        } finally {
          loginTimes.observe((performance.now() - since) / 1000)
        }
      },
    }),
  }
}

function outcomeOf(error: unknown): string {
  if (isJotgateError(error, 'ERR_QLIK_RATE_LIMITED')) return 'rate-limited'
  if (isJotgateError(error, 'ERR_QLIK_LOGIN_REFUSED')) return 'refused'
  if (isJotgateError(error, 'ERR_QLIK_UNREACHABLE') || isJotgateError(error, 'ERR_QLIK_TIMEOUT'))
    return 'unreachable'
  return 'failed'
}

/** Times what succeeds, and counts what fails. */
function timed(
  registry: Registry,
  { name, help, buckets }: { name: string; help: string; buckets: readonly number[] },
) {
  const times: Histogram = registry.histogram({
    name: `${name}_seconds`,
    help: `Time ${help}.`,
    buckets,
  })
  const failures = registry.counter({
    name: `${name}_failures_total`,
    help: `Failures ${help}.`,
  })
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const since = performance.now()
    try {
      const result = await work()
      times.observe((performance.now() - since) / 1000)
      return result
    } catch (error) {
      failures.add()
      throw error
    }
  }
}
