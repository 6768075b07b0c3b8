import { parseQlikUser, type QlikUser, qlikPaths } from '../../protocol/index.ts'
import { qlikErrors } from '../errors.ts'
import type { QlikProduct, SessionCallOptions } from '../product.ts'
import { makeRestCall } from '../rest-call.ts'

/**
 * `GET /api/v1/users/me` is a redirect to the user's own address. It is followed here, on the
 * deployment's origin only, since the session's cookies go with it.
 */
export async function getCurrentUser(
  product: QlikProduct,
  options: SessionCallOptions,
): Promise<QlikUser> {
  const { session, ...how } = options
  const path = qlikPaths.currentUser
  const answer = await makeRestCall(product, session, { timeoutMs: 10_000, ...how, path })
  const user = parseQlikUser(await answer.json())
  if (user !== undefined) return user
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a user' })
}
