import { createHash } from 'node:crypto'
import { readStrictToken, type StrictToken } from '../../../token/index.ts'
import { type JsonObject, ownMember, type SigningAlgorithm } from '../../../values/index.ts'
import type { TrustedKeys } from '../keys/trusted-keys.ts'
import { notIdentified } from './not-identified.ts'
import { checkTimes, type TimeLimits } from './times.ts'

/** Which tokens are accepted, of one kind and one issuer. */
export interface TokenPolicy {
  readonly issuer: string
  /** From configuration, never from the token. */
  readonly algorithms: readonly SigningAlgorithm[]
  /** Types that are accepted, in lower case and without `application/`; a token without a type is. */
  readonly types: readonly string[]
  readonly times: TimeLimits
  /** What else is asked of the claims: audience, client, token ID. Throws ERR_GATEWAY_NOT_IDENTIFIED. */
  readonly checkClaims: (claims: JsonObject) => void
}

/** What a token says, after all of it was verified. */
export interface VerifiedToken {
  readonly claims: JsonObject
  /** SHA-256 of what was signed, as hex. */
  readonly hash: string
  /** `exp` in milliseconds since 1970. */
  readonly expiresAt: number
  /** Until when it is accepted, with the clocks' difference. */
  readonly acceptedUntil: number
}

/**
 * Verifies a token: its form, what it is for, and its signature. What costs nothing comes first, so that a token
 * for somebody else does not lead to a request for keys.
 *
 * @throws ERR_GATEWAY_NOT_IDENTIFIED, ERR_GATEWAY_HOST_SILENT
 * @see RFC 8725 section 3
 */
export async function verifyToken(
  text: string,
  policy: TokenPolicy,
  { keys, clock }: { keys: TrustedKeys; clock: () => number },
): Promise<VerifiedToken> {
  const { token, problem } = readStrictToken(text)
  if (token === undefined) throw notIdentified(problem)
  const { header, claims, signedText } = token
  if (!policy.algorithms.some((one) => one === ownMember(header, 'alg')))
    throw notIdentified('the algorithm of the token is not accepted')
  if (!isOfType(header, policy.types)) throw notIdentified('the token is of another type')
  if (ownMember(claims, 'iss') !== policy.issuer)
    throw notIdentified('the token is of another issuer')
  // A logout token or a security event, whose type may be missing (OpenID Connect Back-Channel Logout section 2.4).
  if (Object.hasOwn(claims, 'events')) throw notIdentified('the token is of another type')
  policy.checkClaims(claims)
  const times = checkTimes(claims, policy.times, clock())
  await checkSignature(token, policy.algorithms, keys)
  return Object.freeze({
    claims,
    hash: createHash('sha256').update(signedText).digest('hex'),
    ...times,
  })
}

function isOfType(header: JsonObject, types: readonly string[]): boolean {
  const typ = ownMember(header, 'typ')
  if (typ === undefined) return true
  return typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, ''))
}

async function checkSignature(
  token: StrictToken,
  algorithms: readonly SigningAlgorithm[],
  keys: TrustedKeys,
): Promise<void> {
  const kid = ownMember(token.header, 'kid')
  const candidates = await keys.keysFor(typeof kid === 'string' ? kid : undefined)
  if (candidates.length === 0) throw notIdentified('the issuer has no key of this key ID')
  for (const key of candidates) {
    const { verdict } = await token.verify(key, algorithms)
    if (verdict === 'valid') return
  }
  throw notIdentified('the signature is not one of the issuer')
}
