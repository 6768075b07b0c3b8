import type { Finding } from '../values/index.ts'
import { toFormFindings } from './rules/apply.ts'
import { timeOf } from './rules/members.ts'
import type { Members } from './rules/rule.ts'
import { durationInWords, timeInWords } from './rules/time-words.ts'
import { readTokenText } from './token-text.ts'

/** A token taken apart. Nothing of it has been verified, and its signature is not in it. */
export interface TokenInspection {
  /** Undefined when it cannot be read. */
  readonly header: Readonly<Record<string, unknown>> | undefined
  /** Undefined when it cannot be read. */
  readonly payload: Readonly<Record<string, unknown>> | undefined
  /** The timestamps of the payload in words, as of `at`. */
  readonly times: {
    readonly issuedAt?: string
    readonly notBefore?: string
    readonly expiresAt?: string
    /** From `nbf`, or else `iat`, to `exp`. */
    readonly lifetime?: string
  }
  /** In bytes; undefined when it cannot be read. */
  readonly signatureLength: number | undefined
  /** What is wrong with the form, whatever the token is for. */
  readonly findings: readonly Finding[]
}

/**
 * Takes a token apart without trusting it, and never throws: to look at, never to decide by.
 *
 * What people leave around a token (`Bearer `, quotes, line breaks) is a finding and is removed, so that the
 * content can be read too. Repeated members, numbers that readers round, and a form that is not canonical
 * are findings too.
 *
 * @param text the token; more than 65,536 characters are not taken apart
 * @param options.at the time from which distances are counted. Default now
 * @see RFC 7515 sections 2, 4 and 7.1, RFC 7519 section 4
 * @example
 * const { payload, times, findings } = inspectToken('eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.')
 * console.log(payload?.sub, times.expiresAt, findings.length)
 */
export function inspectToken(text: string, options: { at?: Date } = {}): TokenInspection {
  const token = readTokenText(text)
  const payload = token.payload?.value
  return {
    header: token.header?.value,
    payload,
    times: payload === undefined ? {} : toTimes(payload, secondsOf(options?.at)),
    signatureLength: token.signature?.bytes?.length,
    findings: toFormFindings(token),
  }
}

/** Anything but a date counts as omitted: nothing here throws. */
function secondsOf(at: unknown): number {
  const ms = at instanceof Date ? at.getTime() : Number.NaN
  return Math.floor((Number.isNaN(ms) ? Date.now() : ms) / 1000)
}

function toTimes(payload: Members, now: number): TokenInspection['times'] {
  const [iat, nbf, exp] = ['iat', 'nbf', 'exp'].map((name) => timeOf(payload, name))
  const from = nbf ?? iat
  return {
    ...(iat === undefined ? {} : { issuedAt: timeInWords(iat, now) }),
    ...(nbf === undefined ? {} : { notBefore: timeInWords(nbf, now) }),
    ...(exp === undefined ? {} : { expiresAt: timeInWords(exp, now) }),
    ...(exp === undefined || from === undefined || exp < from
      ? {}
      : { lifetime: durationInWords(exp - from) }),
  }
}
