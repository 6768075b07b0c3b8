import type { GatewayHealth } from '../gateway.ts'
import { addProcessMetrics } from '../metrics/process-metrics.ts'
import type { SharedParts } from '../shared-parts.ts'
import { createAdmin } from './create-admin.ts'
import { type AdminListener, type ListenAdminAt, listenAdmin } from './listen-admin.ts'
import type { KnownPlaces } from './session-filter.ts'
import type { SessionFacts } from './shown-session.ts'

/** The administration of a gateway, which listens nowhere yet. */
export interface GatewayAdmin {
  /** Closed with the gateway. @throws ERR_GATEWAY_ADMIN_LISTEN, ERR_GATEWAY_OPTION */
  listen(at: ListenAdminAt): Promise<AdminListener>
}

/** Makes the administration of what a gateway consists of. */
export function createGatewayAdmin(
  { sessions, audit, metrics, log, onClose }: SharedParts,
  parts: Omit<SessionFacts, 'sessions'> & {
    readonly places: KnownPlaces
    health(): GatewayHealth
  },
): GatewayAdmin {
  const { health } = parts
  const { registry } = metrics
  const gauges = {
    jotgate_ready: ['Whether sessions can be opened.', () => Number(health().ready)],
    jotgate_store_healthy: [
      'Whether the last write of the session store succeeded.',
      () => Number(health().store),
    ],
    jotgate_audit_healthy: [
      'Whether the last write of the audit log succeeded.',
      () => Number(health().audit),
    ],
    jotgate_sessions: ['Gateway sessions that are open.', () => health().sessions],
    jotgate_web_sockets: ['Web sockets that are open.', () => health().sockets],
  } as const
  for (const [name, [help, read]] of Object.entries(gauges)) registry.gauge({ name, help, read })
  const admin = createAdmin({ ...parts, sessions, audit, log, metrics: () => registry.text() })
  let isMeasured = false
  return {
    async listen(at) {
      if (!isMeasured) onClose(addProcessMetrics(registry))
      isMeasured = true
      const listening = await listenAdmin(at, admin)
      onClose(() => listening.close())
      return listening
    },
  }
}
