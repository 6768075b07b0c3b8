import { isAdminKey } from '../../control/admin-key.ts'
import { readBearer } from '../../http/bearer.ts'
import { parseCookies } from '../../http/cookies.ts'
import type { Caller, Cloud } from '../cloud.ts'
import { findSocketTokenOwner, findTokenOwner } from '../tokens/token-owner.ts'
import { isTenantAdmin } from '../users/roles.ts'
import { findSession, noteActivity } from './sessions.ts'

/**
 * Who sent a request. The administrator's key, API keys and access tokens go first; another bearer text
 * is not looked at when a session's cookies are there: Qlik's own Python example sends both, with the
 * used token, and works.
 */
export function findCaller(
  cloud: Cloud,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
): Caller {
  const bearer = readBearer(headers.authorization)
  if (bearer !== undefined && isAdminKey(cloud, bearer))
    return { kind: 'administrator', user: cloud.state.administrator, isAdmin: true }
  const owner = bearer === undefined ? undefined : findTokenOwner(cloud, bearer)
  if (owner !== undefined) return { kind: 'bearer', ...owner }
  const found = findSession(cloud, parseCookies(headers.cookie))
  if (found === undefined) return { kind: 'nobody', bearer: bearer !== undefined }
  noteActivity(cloud, found.session, 'restKeepsSession')
  return { kind: 'session', ...found, isAdmin: isTenantAdmin(cloud.state, found.user) }
}

/** Who opens a web socket: pages with OAuth send a token made for this in the query. */
export function findSocketCaller(
  cloud: Cloud,
  headers: { authorization?: string | undefined; cookie?: string | undefined },
  query: URLSearchParams,
): Caller {
  const accessToken = query.get('accessToken')
  const owner = accessToken === null ? undefined : findSocketTokenOwner(cloud, accessToken)
  return owner === undefined ? findCaller(cloud, headers) : { kind: 'bearer', ...owner }
}
