import type { Identity } from './identify/identity.ts'
import type { GatewayRequest } from './request.ts'
import type { GatewaySession, GatewaySessions } from './session/gateway-session.ts'

/** How programs enter, which say with each request who they are. */
export interface Programs {
  /** Says whose token is in Authorization. It consumes nothing. */
  identify(request: GatewayRequest): Promise<Identity | undefined>
  /** Opens the session of a token that comes for the first time, with its line in the audit log. */
  admit(request: GatewayRequest, identity: Identity): Promise<GatewaySession>
}

/** A program says with each request who it is. */
export const isProgram = (request: GatewayRequest): boolean =>
  request.field('authorization') !== undefined

/** The session of a request: by the cookie, or by a program's token, which opens one when it comes first. */
export async function findSession(
  request: GatewayRequest,
  {
    sessions,
    programs,
  }: { sessions: Pick<GatewaySessions, 'find' | 'findByToken'>; programs: Programs },
): Promise<GatewaySession | undefined> {
  if (!isProgram(request)) return sessions.find(request)
  const identity = await programs.identify(request)
  if (identity === undefined) return undefined
  const { tokenHash } = identity
  const known =
    tokenHash === undefined ? undefined : await sessions.findByToken(tokenHash, request.site)
  return known ?? programs.admit(request, identity)
}
