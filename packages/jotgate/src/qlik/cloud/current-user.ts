import { parseQlikUser, type QlikUser, qlikPaths } from '../../protocol/index.ts'
import { callAs } from '../call-as.ts'
import { qlikErrors } from '../errors.ts'
import type { SessionCallOptions } from '../product.ts'

/**
 * Asks Qlik Cloud whom a session belongs to.
 *
 * `GET /api/v1/users/me` is a redirect to the user's own address. It is followed here, on the
 * deployment's origin only, since the session's cookies go with it.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_NOT_LOGGED_IN, ERR_QLIK_REDIRECT, ERR_QLIK_ANSWER or another error of the part
 * @see https://qlik.dev/apis/rest/users/
 * @example
 * import { getCurrentUser, type QlikSession } from 'jotgate/qlik'
 *
 * async function greet(session: QlikSession) {
 *   const { name, assignedGroups } = await getCurrentUser({ session })
 *   console.log(name, assignedGroups.length)
 * }
 */
export async function getCurrentUser(options: SessionCallOptions): Promise<QlikUser> {
  const { session, ...how } = options
  const path = qlikPaths.currentUser
  const answer = await callAs(session, { timeoutMs: 10_000, ...how, path })
  const user = parseQlikUser(await answer.json())
  if (user !== undefined) return user
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a user' })
}
