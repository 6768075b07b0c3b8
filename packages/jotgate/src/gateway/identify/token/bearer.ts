import type { RequestToIdentify } from '../identity.ts'
import { notIdentified } from './not-identified.ts'

/**
 * The token of a request. Only Authorization is looked at: never the query, the body or a cookie, which a page of
 * another site, a log or a history may hold.
 *
 * @returns undefined when the request has no Authorization
 * @throws ERR_GATEWAY_NOT_IDENTIFIED for another scheme
 * @see RFC 6750 section 2.1
 */
export function readBearer(request: RequestToIdentify): string | undefined {
  const field = request.field('authorization')
  if (field === undefined) return undefined
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(field) ?? []
  if (token === undefined) throw notIdentified('Authorization has no Bearer token')
  return token
}
