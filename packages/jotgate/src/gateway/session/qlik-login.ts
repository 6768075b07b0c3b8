import { randomBytes } from 'node:crypto'
import type { QlikProduct, QlikSession } from '../../qlik/index.ts'
import type { Deployment, Signer } from '../../token/index.ts'
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts'
import type { NodePlace, UpstreamNodes } from '../nodes/upstream-nodes.ts'
import type { GatewaySession } from './gateway-session.ts'
import type { QlikEndings } from './qlik-endings.ts'

/** What a login at Qlik needs. */
export interface QlikLoginOptions {
  readonly product: Pick<QlikProduct, 'openSession'>
  readonly deployment: Deployment
  readonly nodes: Pick<UpstreamNodes, 'urls' | 'take' | 'suspect'>
  readonly signer: Pick<Signer, 'sign'>
  readonly audit: Pick<AuditLog, 'record'>
  /** Omitted where sessions cannot be ended. */
  readonly endings?: QlikEndings | undefined
  readonly clock: () => number
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** A Qlik session that was opened, and its place at a node. */
export interface OpenedSession {
  readonly id: string
  readonly opened: QlikSession
  readonly place: NodePlace
}

/** Logs somebody in at Qlik. */
export type QlikLogin = (session: GatewaySession) => Promise<OpenedSession>

/**
 * Sign → audit line → Qlik → audit line: no token leaves, and no session is used, that the log does not have. When the
 * node is gone, another one gets another token: no token is sent to two.
 */
export function createQlikLogin(options: QlikLoginOptions): QlikLogin {
  const { product, deployment, nodes, signer, audit, endings, clock, fetch } = options
  const how = fetch === undefined ? { clock } : { clock, fetch }

  const logInAt = async (url: string, session: GatewaySession) => {
    const { token, jti, expiresAt } = await signer.sign(session.user)
    await audit.record({ ...eventOf('mint', session), jti, expiresAt })
    // Never stopped half way: Qlik may have opened the session that then nobody could end.
    const opened = await product.openSession({ deployment: { ...deployment, url }, token, ...how })
    const id = randomBytes(16).toString('hex')
    try {
      await audit.record({ ...eventOf('qlik-session-open', session), qlikSession: id, jti })
    } catch (error) {
      endings?.end(id, opened)
      throw error
    }
    return { id, opened }
  }

  return async (session) => {
    for (let tries = 1; ; tries += 1) {
      const place = nodes.take()
      try {
        return { ...(await logInAt(place.node, session)), place }
      } catch (error) {
        place.leave()
        const isGone = await nodes.suspect(place.node, error)
        if (!isGone || tries >= nodes.urls.length) throw error
      }
    }
  }
}

/** What every line about a Qlik session says. */
export function eventOf(
  event: AuditEvent['event'],
  { id, user, identity }: GatewaySession,
): AuditEvent {
  const { subject, groups = [] } = user
  return { event, session: id, hostSubject: identity.subject, subject, groups }
}
