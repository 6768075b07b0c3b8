import { type CloudSwitches, cloudSwitches, type SwitchName } from '../switch-definitions.ts'
import { refuse } from './refusals.ts'
import { claimOf, type Draft, hasClaim, type Rule } from './rule.ts'

const expectedAudience = 'qlik.api/login/jwt-session'
const maximumGroupNameLength = 256
const maximumLifetimeSeconds = 3600
const maximumDefaultTolerance = cloudSwitches.defaultClockToleranceSec.max ?? 0

const audience: Rule = {
  name: 'audience',
  check(draft) {
    if (!hasClaim(draft, 'aud')) return refuse('missing-claim', 'aud')
    const aud = claimOf(draft, 'aud')
    const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
    // Of several audiences each could use the token at the other, so all must be this one.
    const right = all.length > 0 && all.every((one) => one === expectedAudience)
    return right ? undefined : refuse('audience')
  },
}

/** What Qlik's text for the endpoint lists (qlik-cloud.md §1.2); `groups` is the only optional claim. */
const required = ['sub', 'name', 'email', 'email_verified', 'jti', 'iat', 'nbf', 'exp'] as const

const requiredClaims: Rule = {
  name: 'required-claims',
  check(draft, { switches }) {
    const names = switches.strictSubType ? ['subType', ...required] : required
    const isOptional = (name: string) =>
      switches.missingEmail === 'accepted' && (name === 'email' || name === 'email_verified')
    const missing = names.find((name) => !hasClaim(draft, name) && !isOptional(name))
    if (missing === undefined) return undefined
    const bySwitch = {
      subType: 'strictSubType',
      email: 'missingEmail',
      email_verified: 'missingEmail',
    } as const
    return refuse('missing-claim', missing, bySwitch[missing as keyof typeof bySwitch])
  },
}

/** A string of blanks alone is empty: it names nobody and no group. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** RFC 7519 §2 NumericDate, kept to what a clock can be compared with. */
function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function areGroups(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((name) => isText(name) && name.length <= maximumGroupNameLength)
  )
}

/** The value of `email_verified`; as a string where the switch accepts one; undefined without the claim. */
function readVerified(value: unknown, switches: CloudSwitches): boolean | 'wrong' | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  if (switches.emailVerifiedString === 'refused') return 'wrong'
  return value === 'true' ? true : value === 'false' ? false : 'wrong'
}

const claimTypes: Rule = {
  name: 'claim-types',
  check(draft, { switches }) {
    const texts = ['sub', 'name', ...(hasClaim(draft, 'email') ? ['email'] : [])]
    for (const name of texts)
      if (!isText(claimOf(draft, name))) return refuse('claim-type', `${name} must be a string`)
    for (const name of ['iat', 'nbf', 'exp'])
      if (!isNumericDate(claimOf(draft, name)))
        return refuse('claim-type', `${name} must be seconds since 1970`)
    // A Qlik support article shows a number, the documentation a string.
    const jti = claimOf(draft, 'jti')
    if (!isText(jti) && !Number.isSafeInteger(jti))
      return refuse('claim-type', 'jti must be a string or a whole number')
    const written = claimOf(draft, 'email_verified')
    const verified = readVerified(written, switches)
    if (verified === 'wrong')
      return refuse(
        'claim-type',
        'email_verified must be true or false',
        written === 'true' || written === 'false' ? 'emailVerifiedString' : undefined,
      )
    if (verified === false && switches.unverifiedEmail === 'refused')
      return refuse('claim-type', 'email_verified must be true', 'unverifiedEmail')
    if (hasClaim(draft, 'subType') && claimOf(draft, 'subType') !== 'user')
      return refuse('claim-type', 'subType must be user')
    if (hasClaim(draft, 'groups') && !areGroups(claimOf(draft, 'groups')))
      return refuse(
        'claim-type',
        `groups must be an array of names of up to ${maximumGroupNameLength} characters`,
      )
    const groups = claimOf(draft, 'groups')
    if (Array.isArray(groups) && groups.length > switches.groupsPerTokenLimit)
      return refuse(
        'claim-type',
        `groups has more than ${switches.groupsPerTokenLimit} names`,
        'groupsPerTokenLimit',
      )
    return undefined
  },
}

/** A claim that the rule before has found to be a number. */
function secondsOf(draft: Draft, name: string): number {
  const value = claimOf(draft, name)
  return typeof value === 'number' ? value : Number.NaN
}

/** "The time window between exp and nbf should not exceed 1 hour"; exactly an hour was seen to work. */
const lifetime: Rule = {
  name: 'lifetime',
  check(draft) {
    const seconds = secondsOf(draft, 'exp') - secondsOf(draft, 'nbf')
    if (seconds > maximumLifetimeSeconds)
      return refuse('lifetime', `is ${seconds} s, more than ${maximumLifetimeSeconds} s`)
    return seconds > 0 ? undefined : refuse('lifetime', 'is not positive')
  },
}

/** How many seconds clocks may differ, for the token's identity provider. */
function toleranceOf(draft: Draft, defaultSeconds: number): number {
  return draft.identityProvider?.clockToleranceSec ?? defaultSeconds
}

/** The switch of the tolerance, where another value of it could let the token pass. */
function toleranceSwitch(draft: Draft, secondsOff: number): SwitchName | undefined {
  const { clockToleranceSec } = draft.identityProvider ?? {}
  const isPossible = secondsOff <= maximumDefaultTolerance
  return clockToleranceSec === undefined && isPossible ? 'defaultClockToleranceSec' : undefined
}

const times: Rule = {
  name: 'times',
  check(draft, { nowMs, switches }) {
    const now = Math.floor(nowMs / 1000)
    const tolerance = toleranceOf(draft, switches.defaultClockToleranceSec)
    const nbf = secondsOf(draft, 'nbf')
    const exp = secondsOf(draft, 'exp')
    if (nbf > now + tolerance)
      return refuse('not-yet-valid', String(nbf - now), toleranceSwitch(draft, nbf - now))
    if (switches.futureIssuedAt === 'refused' && secondsOf(draft, 'iat') > now + tolerance)
      return refuse('claim-type', 'iat is in the future', 'futureIssuedAt')
    return exp + tolerance > now
      ? undefined
      : refuse('expired', String(now - exp), toleranceSwitch(draft, now - exp + 1))
  },
}

/** What identifies a token: never its text, which can be spelled in more than one way. */
export function usedTokenKey(draft: Draft): string {
  return JSON.stringify([claimOf(draft, 'iss'), String(claimOf(draft, 'jti'))])
}

/** The second from which a token is refused for its age, so that its jti may be forgotten. */
export function deadFromSecond(draft: Draft, defaultToleranceSec: number): number {
  const exp = secondsOf(draft, 'exp')
  // A refused token's exp can be anything; it is dead for its age, or refused for it again.
  return (Number.isNaN(exp) ? 0 : exp) + toleranceOf(draft, defaultToleranceSec)
}

const once: Rule = {
  name: 'once',
  check(draft, { switches, usedTokens }) {
    if (switches.replayedToken === 'accepted') return undefined
    const used = usedTokens.get(usedTokenKey(draft))
    if (used === undefined) return undefined
    return refuse('replay', '', used.wasRefused ? 'refusedTokenCounts' : 'replayedToken')
  },
}

/** Whether the token is meant for this login, now, for the first time. */
export const claimRules: readonly Rule[] = [
  audience,
  requiredClaims,
  claimTypes,
  lifetime,
  times,
  once,
]
