import { randomBytes } from 'node:crypto'
import type { QlikProduct, QlikSession } from '../../qlik/index.ts'
import type { Deployment, Signer } from '../../token/index.ts'
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts'
import type { GatewaySession } from './gateway-session.ts'
import type { QlikEndings } from './qlik-endings.ts'

/** What a login at Qlik needs. */
export interface QlikLoginOptions {
  readonly product: Pick<QlikProduct, 'openSession'>
  readonly deployment: Deployment
  readonly signer: Pick<Signer, 'sign'>
  readonly audit: Pick<AuditLog, 'record'>
  /** Omitted where sessions cannot be ended. */
  readonly endings?: QlikEndings | undefined
  readonly clock: () => number
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Logs somebody in at Qlik. */
export type QlikLogin = (session: GatewaySession) => Promise<{ id: string; opened: QlikSession }>

/** Sign → audit line → Qlik → audit line: no token leaves, and no session is used, that the log does not have. */
export function createQlikLogin(options: QlikLoginOptions): QlikLogin {
  const { product, deployment, signer, audit, endings, clock, fetch } = options
  const how = fetch === undefined ? { clock } : { clock, fetch }
  return async (session) => {
    const { token, jti, expiresAt } = await signer.sign(session.user)
    await audit.record({ ...eventOf('mint', session), jti, expiresAt })
    // Never stopped half way: Qlik may have opened the session that then nobody could end.
    const opened = await product.openSession({ deployment, token, ...how })
    const id = randomBytes(16).toString('hex')
    try {
      await audit.record({ ...eventOf('qlik-session-open', session), qlikSession: id, jti })
    } catch (error) {
      endings?.end(id, opened)
      throw error
    }
    return { id, opened }
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
