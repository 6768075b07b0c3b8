import { ownMember } from '../../values/index.ts'
import { isFilled, timeOf } from './members.ts'
import type { Members } from './rule.ts'

const uuid = /(^|[_-])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/**
 * Whether an ID looks generated, not given to somebody: a UUID; 32 characters and more of hexadecimal or
 * base64url without a word in them; what `Math.random()` gives.
 */
export function looksRandom(text: string): boolean {
  if (uuid.test(text) || /^[0-9a-f]{32,}$/i.test(text)) return true
  // Math.random(), and Math.random().toString(36).
  if (/(?<![\d.])0\.(?=[a-z]*\d)[0-9a-z]{8,}$/.test(text)) return true
  return (
    /^[A-Za-z0-9_-]{32,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
  )
}

const daySeconds = 86_400

/**
 * Whether an ID has the time in it at which the token was made: in seconds, milliseconds or finer since
 * 1970, in milliseconds to the base 36 or 16, or as a date with a time.
 *
 * @param times in seconds, for instance `iat` and the time of the check
 */
export function holdsTime(text: string, times: readonly number[]): boolean {
  const isNear = (seconds: number) => times.some((time) => Math.abs(seconds - time) < daySeconds)
  const [, digits] = /(?<!\d)(\d{10}|\d{13}|\d{16}|\d{19})(?!\d)/.exec(text) ?? []
  if (digits !== undefined && isNear(Number(digits) / 10 ** (digits.length - 10))) return true
  const [, base36] = /(?<![0-9a-z])([0-9a-z]{8})(?![0-9a-z])/.exec(text) ?? []
  if (base36 !== undefined && isNear(Number.parseInt(base36, 36) / 1000)) return true
  const [, base16] = /(?<![0-9a-f])([0-9a-f]{11})(?![0-9a-f])/i.exec(text) ?? []
  if (base16 !== undefined && isNear(Number.parseInt(base16, 16) / 1000)) return true
  const date = /(\d{4})-?(\d\d)-?(\d\d)[T _-]?(\d\d)[:.-]?(\d\d)/.exec(text)
  if (date === null) return false
  const [year, month, day, hours, minutes] = date.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return isNear(Date.UTC(year, month - 1, day, hours, minutes) / 1000)
}

export function endsInUuid(value: unknown): boolean {
  return typeof value === 'string' && uuid.test(value)
}

/** Says that the ID in a claim looks generated for this token: a new user at each login. */
export function explainGenerated(claims: Members, name: string, now: number): string | undefined {
  const id = ownMember(claims, name)
  if (typeof id !== 'string') return undefined
  if (looksRandom(id)) return `\`${name}\` has the form of something generated at random.`
  if (holdsTime(id, [now, timeOf(claims, 'iat') ?? now]))
    return `\`${name}\` has the time in it at which the token was made.`
  const jti = ownMember(claims, 'jti')
  return isFilled(jti) && jti.length > 7 && id.includes(jti)
    ? `\`${name}\` has the token’s own ID in it.`
    : undefined
}
