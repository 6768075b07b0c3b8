import { type JsonObject, ownMember } from '../../../values/index.ts'
import { notIdentified } from './not-identified.ts'

/** Which timestamps are accepted. */
export interface TimeLimits {
  /** The longest life, from the first timestamp of `startsAt` that the token has to `exp`. */
  readonly maxLifetimeSeconds: number
  readonly startsAt: readonly ('nbf' | 'iat')[]
  /** How far the clocks of issuer and gateway may differ. */
  readonly clockSkewSeconds: number
}

/**
 * Checks the timestamps of a token.
 *
 * @param now in milliseconds since 1970
 * @returns `exp`, and until when the token is accepted, in milliseconds since 1970
 * @throws ERR_GATEWAY_NOT_IDENTIFIED
 * @see RFC 7519 sections 4.1.4 to 4.1.6
 */
export function checkTimes(
  claims: JsonObject,
  limits: TimeLimits,
  now: number,
): { expiresAt: number; acceptedUntil: number } {
  const { maxLifetimeSeconds, clockSkewSeconds: skew } = limits
  const seconds = now / 1000
  const exp = readTime(claims, 'exp')
  const nbf = readTime(claims, 'nbf')
  const iat = readTime(claims, 'iat')
  if (exp === undefined) throw notIdentified('the token has no `exp`')
  if (seconds >= exp + skew) throw notIdentified('the token has expired')
  if (nbf !== undefined && seconds < nbf - skew) throw notIdentified('the token is not valid yet')
  if (iat !== undefined && seconds < iat - skew)
    throw notIdentified('the token was issued in the future')
  const [start] = limits.startsAt.flatMap((name) => ({ nbf, iat })[name] ?? [])
  if (start === undefined) throw notIdentified('the token has neither `nbf` nor `iat`')
  if (exp - start > maxLifetimeSeconds)
    throw notIdentified(`the token is valid for more than ${maxLifetimeSeconds} seconds`)
  return { expiresAt: Math.floor(exp * 1000), acceptedUntil: Math.ceil((exp + skew) * 1000) }
}

/** `exp`; where it has passed by less than the clocks may differ, the end of that time. */
export function endOf(
  { expiresAt, acceptedUntil }: { expiresAt: number; acceptedUntil: number },
  now: number,
): number {
  return expiresAt > now ? expiresAt : acceptedUntil
}

/** A NumericDate: a number from 0, seldom with a fraction, and exact. */
function readTime(claims: JsonObject, name: string): number | undefined {
  const value = ownMember(claims, name)
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value
  throw notIdentified(`\`${name}\` of the token is not a timestamp`)
}
