import { isDeepStrictEqual } from 'node:util'
import { isJotgateError } from '../errors/index.ts'
import type { User } from '../token/index.ts'
import type { AuditPlace } from './audit/audit-at.ts'
import type { AuditEvent, AuditLog } from './audit/audit-log.ts'
import type { Authorise } from './authorise/authorisation.ts'
import { denialReasonOf, gatewayErrors } from './errors.ts'
import type { Identity } from './identify/identity.ts'
import type { GatewayRequest } from './request.ts'
import type { RateLimit } from './server/rate-limit.ts'
import type { GatewaySession, GatewaySessions } from './session/gateway-session.ts'
import type { UpstreamChoice } from './sites/upstream-choice.ts'

/** A session that has been opened for a request, and what its cookie holds. */
export interface Entered {
  readonly session: GatewaySession
  readonly secret: string
}

/** Lets people and programs in. */
export interface Enter {
  /**
   * A browser's login: opens a session, or lets that of the same person go on under another secret. The session
   * of anybody else that the browser's cookie names ends, and that of somebody who may not enter any more.
   *
   * @throws ERR_GATEWAY_NOT_IDENTIFIED (401), ERR_GATEWAY_NOT_AUTHORISED (403), and what sessions and audit log throw
   */
  logIn(request: GatewayRequest): Promise<Entered>
  /** Opens a session for somebody who has been identified: with a request, or a program by its token. */
  admit(
    request: GatewayRequest,
    identity: Identity,
    holder: GatewaySession['holder'],
  ): Promise<Entered>
  /** The name of the deployment that somebody would enter for; undefined when they may not enter. */
  upstreamFor(identity: Identity): string | undefined
}

/** What came of a decision: a reason is why not. */
type Admission =
  | Admitted
  | { readonly reason: string; readonly user?: undefined; readonly upstream?: undefined }

interface Admitted {
  readonly user: User
  readonly upstream: string
  readonly reason?: undefined
}

/** Makes the way in: identify → authorise → audit line → gateway session. */
export function createEnter(parts: {
  /** The `publicUrl` of the site. */
  site: string
  identify(request: GatewayRequest): Promise<Identity | undefined>
  authorise: Authorise
  chooseUpstream: UpstreamChoice
  sessions: GatewaySessions
  audit: Pick<AuditLog, 'record' | 'countDenial'>
  /** How often one person may enter: each time costs a signature, or a line of the audit log. */
  userRate: RateLimit
  /** What a line says of the place of a session. Default nothing: there is one site and one deployment. */
  placeOf?: (session: GatewaySession) => AuditPlace
  /** Why Qlik would take no token of this user; undefined when it would. */
  problemOf: (user: User, upstream: string) => string | undefined
}): Enter {
  const { site, identify, authorise, sessions, audit, userRate, problemOf } = parts
  const { placeOf = () => ({}) } = parts
  /** Of programs, by the hash of the token. */
  const admitting = new Map<string, Promise<Entered>>()

  /** Who it is. Anyone may try: what is not accepted is counted, not written one by one. */
  const identified = async (request: GatewayRequest): Promise<Identity> => {
    try {
      const identity = await identify(request)
      if (identity !== undefined) return identity
      throw gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'nobody is logged in' })
    } catch (error) {
      if (isJotgateError(error, 'ERR_GATEWAY_NOT_IDENTIFIED'))
        audit.countDenial({ address: request.address, reason: denialReasonOf(error) })
      throw error
    }
  }

  /** Whoever set the gateway up has an address for this person, and wonders that it is missing. */
  const problemOfUser = (
    user: User,
    { user: { email } }: Identity,
    upstream: string,
  ): string | undefined => {
    const problem = problemOf(user, upstream)
    const isForAddress = email !== undefined && user.email === undefined
    return problem !== undefined &&
      isForAddress &&
      problemOf({ ...user, email }, upstream) === undefined
      ? 'the e-mail address is not verified, so it is omitted, and Qlik needs one'
      : problem
  }

  /** May they, as whom, and where? */
  const decide = (identity: Identity): Admission => {
    const authorisation = authorise(identity, site)
    if (!authorisation.allowed) return { reason: authorisation.reason }
    const { user } = authorisation
    const { upstream, problem } = {
      upstream: undefined,
      ...parts.chooseUpstream(authorisation.upstream),
    }
    if (upstream === undefined) return { reason: problem }
    const reason = problemOfUser(user, identity, upstream)
    return reason === undefined ? { user, upstream } : { reason }
  }

  const authorised = async (request: GatewayRequest, identity: Identity): Promise<Admitted> => {
    // Before anything is written: a refusal is a line of the audit log too.
    const retryAfterSeconds = userRate.take(identity.user.subject)
    if (retryAfterSeconds > 0) throw gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds })
    const admission = decide(identity)
    if (admission.reason === undefined) return admission
    const { reason } = admission
    await audit.record({ ...eventOf('refuse', request, identity), reason })
    throw gatewayErrors.ERR_GATEWAY_NOT_AUTHORISED({})
  }

  const admitOne = async (
    request: GatewayRequest,
    identity: Identity,
    holder: GatewaySession['holder'],
  ): Promise<Entered> => {
    const { user, upstream } = await authorised(request, identity)
    const place = { site, upstream }
    // Nobody gets a session that the audit log does not have.
    const beforeUse = (session: GatewaySession) => record(request, identity, session)
    return sessions.open({ identity, user, holder, place, beforeUse })
  }

  /** Calls of a program that come at once with one token are one entry: they open one session. */
  const admit: Enter['admit'] = (request, identity, holder) => {
    const { tokenHash } = identity
    if (holder !== 'program' || tokenHash === undefined) return admitOne(request, identity, holder)
    const underWay = admitting.get(tokenHash)
    if (underWay !== undefined) return underWay
    const admitted = admitOne(request, identity, holder).finally(() => admitting.delete(tokenHash))
    admitting.set(tokenHash, admitted)
    return admitted
  }

  const record = (
    request: GatewayRequest,
    identity: Identity,
    session: GatewaySession,
  ): Promise<void> => {
    const { id, user } = session
    const { subject, groups = [] } = user
    const event = { ...eventOf('enter', request, identity), session: id, subject, groups }
    return audit.record({ ...event, ...placeOf(session) })
  }

  return {
    admit,
    upstreamFor: (identity) => decide(identity).upstream,
    async logIn(request) {
      const identity = await identified(request)
      const before = await sessions.find(request)
      const isSame = before !== undefined && before.identity.subject === identity.user.subject
      // Whoever comes after somebody else is not to find their session, whether they may enter or not.
      if (before !== undefined && !isSame) await sessions.end(before, 'replaced')
      if (!isSame) return admit(request, identity, 'browser')
      const { user, upstream } = await authorised(request, identity).catch(
        async (error: unknown) => {
          if (isJotgateError(error, 'ERR_GATEWAY_NOT_AUTHORISED'))
            await sessions.end(before, 'revoked')
          throw error
        },
      )
      if (upstream === before.upstream && isDeepStrictEqual(user, before.user)) {
        await record(request, identity, before)
        return { session: before, secret: await sessions.extend(before, identity) }
      }
      const entered = await admit(request, identity, 'browser')
      await sessions.end(before, 'replaced')
      return entered
    },
  }
}

const eventOf = (
  event: AuditEvent['event'],
  { id, address }: GatewayRequest,
  { user, once, source }: Identity,
): AuditEvent => ({
  event,
  requestId: id,
  address,
  hostSubject: user.subject,
  reason: source,
  ...(once === undefined ? {} : { jti: once.jti, expiresAt: Math.floor(once.expiresAt / 1000) }),
})
