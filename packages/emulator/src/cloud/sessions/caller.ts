import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller, Cloud } from '../cloud.ts'
import { parseCookies } from './cookies.ts'
import { findSession, touchSession } from './sessions.ts'

/** The token of `Authorization: Bearer …`. */
export function readBearer(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
}

/** Compares without telling by its time how much was right; hashing makes the lengths equal. */
export function isAdminKey(cloud: Cloud, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(key), digest(cloud.adminKey))
}

/**
 * Who sent a request. The administrator's key goes first; another bearer text is not looked at when a
 * session's cookies are there: Qlik's own Python example sends both, with the used token, and works.
 */
export function findCaller(
  cloud: Cloud,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Caller {
  const bearer = readBearer(headers.authorization)
  if (bearer !== undefined && isAdminKey(cloud, bearer))
    return { kind: 'administrator', user: cloud.state.administrator }
  const found = findSession(cloud, parseCookies(headers.cookie))
  if (found === undefined) return { kind: 'nobody', bearer: bearer !== undefined }
  touchSession(cloud, found.session)
  return { kind: 'session', ...found }
}
