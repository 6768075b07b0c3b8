import { parseProxyUser, proxyPaths, type QlikUser } from '../../protocol/index.ts'
import { qlikErrors } from '../errors.ts'
import type { QlikProduct, SessionCallOptions } from '../product.ts'
import { makeRestCall } from '../rest-call.ts'
import { causesOfRefusal } from './causes.ts'

/** The Personal API answers 200 for a session that has ended too, and says that it is inactive. */
export async function getCurrentUser(
  product: QlikProduct,
  options: SessionCallOptions,
): Promise<QlikUser> {
  const { session, ...how } = options
  const answer = await makeRestCall(product, session, {
    timeoutMs: 10_000,
    ...how,
    path: proxyPaths.user,
  })
  const user = parseProxyUser(await answer.json())
  const { call, status } = answer
  if (user === 'inactive') {
    const causes = causesOfRefusal(401)
    const detail = 'nobody is logged in'
    throw qlikErrors.ERR_QLIK_NOT_LOGGED_IN({ call, status, detail, causes })
  }
  if (user !== undefined) return user
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'is not a user' })
}
