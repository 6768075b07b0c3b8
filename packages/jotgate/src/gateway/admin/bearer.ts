import { hash, timingSafeEqual } from 'node:crypto'
import { found, kindOf, type Reading, refused } from '../../values/index.ts'

/** Shorter ones could be guessed, or were chosen by a person: 32 characters of base64url are 192 bits. */
const minLength = 32
const maxLength = 1024

/** Reads the bearer of an administration: what RFC 6750 lets stand in the field Authorization. */
export function readBearer(option: string, value: unknown): Reading<string> {
  if (typeof value !== 'string') return refused(option, `must be a string, not ${kindOf(value)}`)
  if (!/^[\w.~+/-]+=*$/.test(value) || value.length < minLength || value.length > maxLength)
    return refused(
      option,
      `must be ${minLength} to ${maxLength} characters of base64url, such as \`openssl rand -hex 32\` makes`,
    )
  return found(value)
}

/** Whether a field Authorization brings the bearer; the time that it takes tells nothing about it. */
export function createBearerCheck(bearer: string): (authorization: string | undefined) => boolean {
  const wanted = digest(bearer)
  return (authorization = '') => {
    const [, given = ''] = /^Bearer ([^ ]*)$/i.exec(authorization) ?? []
    return timingSafeEqual(digest(given), wanted)
  }
}

/** Of one length, whatever was given. */
const digest = (text: string) => hash('sha256', text, 'buffer')
