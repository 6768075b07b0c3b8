import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseCookies } from '../../http/cookies.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud } from '../cloud.ts'
import { newCsrfToken, newTextId } from '../state/identifiers.ts'
import type { CloudSession, CloudState, CloudUser, EndingSwitch } from '../state/state.ts'
import {
  type CookieStyle,
  csrfCookie,
  readSignedCookie,
  sessionCookie,
  toBalancerLines,
  toSignedCookieLines,
} from './cookies.ts'

/** Opens a session; its times are those of the settings now, as changes apply to new sessions only. */
function openSession(cloud: Cloud, user: CloudUser, identityProviderId: string): CloudSession {
  const nowMs = cloud.clock.now().getTime()
  const { settings, sessions } = cloud.state
  const session: CloudSession = {
    id: randomUUID(),
    cookieValue: newTextId(),
    csrfToken: newCsrfToken(),
    userId: user.id,
    identityProviderId,
    startedAtMs: nowMs,
    lastActiveAtMs: nowMs,
    inactivityMs: settings.inactivityMinutes * 60_000,
    lifespanMs: settings.lifespanMinutes * 60_000,
    sockets: new Set(),
  }
  sessions.set(session.cookieValue, session)
  return session
}

/** Opens a session for a log-in. What becomes of the session whose cookies came with it is a switch. */
export function openSessionAtLogin(
  cloud: Cloud,
  request: IncomingMessage,
  user: CloudUser,
  identityProviderId: string,
): CloudSession {
  const { secondLogin } = cloud.switches.get()
  const before = findSession(cloud, parseCookies(request.headers.cookie))
  if (before !== undefined && secondLogin !== 'new-session') {
    // Only the same person joins: another one must never get somebody's session.
    if (secondLogin === 'joins' && before.user.id === user.id) {
      touchSession(cloud, before.session)
      return before.session
    }
    endSession(cloud.state, before.session, 'Another log-in replaced the session', 'secondLogin')
  }
  return openSession(cloud, user, identityProviderId)
}

/** How cookies are written now, for the host that was asked. */
export function cookieStyleOf(cloud: Cloud, request: IncomingMessage): CookieStyle {
  const { cookieAttributes, cookieDomain } = cloud.switches.get()
  const { hostname } = new URL(baseUrlOf(request))
  return {
    attributes: cookieAttributes,
    ...(cookieDomain === 'absent' ? {} : { domain: hostname }),
  }
}

/** The `Set-Cookie` lines of a session. A public sample proxy relies on `_csrfToken.sig` as the last one. */
export function toSessionCookieLines(
  cloud: Cloud,
  session: CloudSession,
  style: CookieStyle,
): string[] {
  const { cookieSecret } = cloud.state
  const { balancerCookies } = cloud.switches.get()
  return [
    ...(balancerCookies ? toBalancerLines(cloud.clock.now()) : []),
    ...toSignedCookieLines(cookieSecret, sessionCookie, session.cookieValue, style),
    ...toSignedCookieLines(cookieSecret, csrfCookie, session.csrfToken, style),
  ]
}

function isOver(session: CloudSession, nowMs: number): boolean {
  return (
    nowMs - session.lastActiveAtMs >= session.inactivityMs ||
    nowMs - session.startedAtMs >= session.lifespanMs
  )
}

/** How many sessions that a switch ended are kept in mind. */
const maximumEnded = 1000

/** Ends a session and the web sockets that hang on it; `decidedBy` is the switch without which it would go on. */
export function endSession(
  state: CloudState,
  session: CloudSession,
  reason: string,
  decidedBy?: EndingSwitch,
): void {
  const { sessions, endedBySwitch } = state
  sessions.delete(session.cookieValue)
  if (decidedBy !== undefined) endedBySwitch.set(session.cookieValue, decidedBy)
  const [oldest] = endedBySwitch.keys()
  if (oldest !== undefined && endedBySwitch.size > maximumEnded) endedBySwitch.delete(oldest)
  for (const close of [...session.sockets]) close(reason)
}

/** Ends every session that a predicate picks; gives how many. */
export function endSessionsWhere(
  state: CloudState,
  matches: (session: CloudSession) => boolean,
  reason: string,
  decidedBy?: EndingSwitch,
): number {
  let ended = 0
  for (const session of [...state.sessions.values()]) {
    if (!matches(session)) continue
    endSession(state, session, reason, decidedBy)
    ended += 1
  }
  return ended
}

/** Ends the sessions whose time is over: after each move of the clock, and now and then. */
export function endSessionsOverdue(cloud: Cloud): void {
  const nowMs = cloud.clock.now().getTime()
  for (const session of [...cloud.state.sessions.values()])
    if (isOver(session, nowMs)) endOverdue(cloud, session)
}

function endOverdue({ state, clock }: Cloud, session: CloudSession): void {
  const lives = clock.now().getTime() - session.startedAtMs < session.lifespanMs
  endSession(state, session, 'The session has ended', lives ? session.uncountedBy : undefined)
}

/** Counts as activity: the inactivity time begins again. */
function touchSession(cloud: Cloud, session: CloudSession): void {
  session.lastActiveAtMs = Math.max(session.lastActiveAtMs, cloud.clock.now().getTime())
  delete session.uncountedBy
}

/** A request or a frame of a session, which counts as activity while the switch says so. */
export function noteActivity(
  cloud: Cloud,
  session: CloudSession,
  name: 'restKeepsSession' | 'webSocketKeepsSession',
): void {
  if (cloud.switches.get()[name]) touchSession(cloud, session)
  else session.uncountedBy = name
}

/** The switch that ended the session of a request's cookies, where one did. */
export function switchThatEnded(
  { state }: Cloud,
  cookies: ReadonlyMap<string, string>,
): EndingSwitch | undefined {
  const value = readSignedCookie(state.cookieSecret, cookies, sessionCookie)
  return value === undefined ? undefined : state.endedBySwitch.get(value)
}

/** The live session of a request's cookies, and its user. */
export function findSession(
  cloud: Cloud,
  cookies: ReadonlyMap<string, string>,
): { session: CloudSession; user: CloudUser } | undefined {
  const { state } = cloud
  const value = readSignedCookie(state.cookieSecret, cookies, sessionCookie)
  const session = value === undefined ? undefined : state.sessions.get(value)
  if (session === undefined) return undefined
  const user = state.users.get(session.userId)
  if (isOver(session, cloud.clock.now().getTime())) {
    endOverdue(cloud, session)
    return undefined
  }
  if (user?.status !== 'active') {
    endSession(state, session, 'The session has ended')
    return undefined
  }
  return { session, user }
}
