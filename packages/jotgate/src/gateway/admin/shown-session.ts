import type { GatewaySession, GatewaySessions } from '../session/gateway-session.ts'

/**
 * A session as an operator sees it: whose it is, and how it is used. No secret, and of the person nothing but the
 * names that the audit log has.
 */
export interface ShownSession {
  readonly id: string
  readonly holder: GatewaySession['holder']
  readonly hostSubject: string
  readonly hostDirectory?: string
  readonly subject: string
  readonly directory?: string
  /** The deployment that it reaches, by its name where the gateway has several and else its address; and its site. */
  readonly deployment: string
  readonly site: string
  /** ISO 8601. */
  readonly openedAt: string
  readonly lastUsedAt: string
  /** When it ends if nothing more is asked. */
  readonly endsAt: string
  /** Web sockets that are open. */
  readonly sockets: number
  /** Whether it has a session at Qlik, or waits for one. */
  readonly qlik: 'none' | 'waiting' | 'open'
}

/** What else is known of a session. */
export interface SessionFacts {
  readonly sessions: Pick<GatewaySessions, 'lastUsedAt' | 'endsAt'>
  placeOf(session: GatewaySession): { readonly deployment: string; readonly site: string }
  socketsOf(session: GatewaySession): number
  qlikStateOf(session: GatewaySession): ShownSession['qlik']
}

/** Makes a session's row. */
export function showSession(session: GatewaySession, facts: SessionFacts): ShownSession {
  const { id, holder, identity, user, openedAt } = session
  const { idle, absolute } = facts.sessions.endsAt(session)
  return {
    id,
    holder,
    hostSubject: identity.subject,
    ...(identity.directory !== undefined && { hostDirectory: identity.directory }),
    subject: user.subject,
    ...(user.directory !== undefined && { directory: user.directory }),
    ...facts.placeOf(session),
    openedAt: toTime(openedAt),
    lastUsedAt: toTime(facts.sessions.lastUsedAt(session)),
    endsAt: toTime(Math.min(idle, absolute)),
    sockets: facts.socketsOf(session),
    qlik: facts.qlikStateOf(session),
  }
}

const toTime = (ms: number) => new Date(ms).toISOString()
