import { clientManagedSwitches } from '../../switches.ts'
import { claimOf, type Rule, refuse } from './rule.ts'

const audience: Rule = {
  name: 'audience',
  check(draft, { virtualProxy: { jwtAudience }, switches }) {
    const aud = claimOf(draft, 'aud')
    if (jwtAudience === '')
      return aud === undefined || switches.unexpectedAudience === 'accepted'
        ? undefined
        : refuse('The token has aud, and the virtual proxy no audience', 'unexpectedAudience')
    if (switches.jwtAudience === 'ignored') return undefined
    const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
    // Of several audiences each could use the token at the other, so all must be this one.
    return all.length > 0 && all.every((one) => one === jwtAudience)
      ? undefined
      : refuse('aud is not the JWT audience of the virtual proxy', 'jwtAudience')
  },
}

/** RFC 7519 §2 NumericDate, kept to what a clock can be compared with. */
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

const timeTypes: Rule = {
  name: 'time-types',
  check(draft, { switches }) {
    for (const name of ['iat', 'nbf', 'exp'])
      if (Object.hasOwn(draft.claims, name) && !isNumericDate(claimOf(draft, name)))
        return refuse(`${name} must be seconds since 1970`)
    return Object.hasOwn(draft.claims, 'exp') || switches.tokenWithoutExp === 'accepted'
      ? undefined
      : refuse('The token has no exp', 'tokenWithoutExp')
  },
}

const maximumToleranceSec = clientManagedSwitches.proxyClockToleranceSec.max ?? 0

/** The switch, when clocks that differ so much can be tolerated at all. */
const byTolerance = (differenceSec: number) =>
  differenceSec <= maximumToleranceSec ? 'proxyClockToleranceSec' : undefined

/** help.qlik.com, of NPrinting: exp and nbf are used, and no other claims of time. */
const times: Rule = {
  name: 'times',
  check(draft, { nowMs, switches }) {
    const now = Math.floor(nowMs / 1000)
    const { proxyClockToleranceSec: tolerance, futureIssuedAtAtProxy } = switches
    const [iat, nbf, exp] = ['iat', 'nbf', 'exp'].map((name) => claimOf(draft, name))
    if (isNumericDate(nbf) && isNumericDate(exp) && exp <= nbf)
      return refuse('The token expires before it becomes valid')
    if (isNumericDate(nbf) && nbf > now + tolerance)
      return refuse(`The token becomes valid in ${nbf - now} s`, byTolerance(nbf - now))
    if (isNumericDate(exp) && exp + tolerance <= now)
      return refuse(`The token expired ${now - exp} s ago`, byTolerance(now - exp + 1))
    return isNumericDate(iat) && iat > now + tolerance && futureIssuedAtAtProxy === 'refused'
      ? refuse('iat is in the future', 'futureIssuedAtAtProxy')
      : undefined
  },
}

/** Whether the token is meant for this virtual proxy, now. */
export const claimRules: readonly Rule[] = [audience, timeTypes, times]
