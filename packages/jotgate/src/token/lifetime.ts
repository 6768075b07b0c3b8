import { foundUnless, isWholeNumber, type Problem, type Reading } from '../values/index.ts'
import type { Deployment } from './deployment.ts'

/** How long a token for a product may be valid, from `nbf` to `exp`. */
export interface LifetimeLimits {
  readonly maxSeconds: number
  readonly maxInWords: string
  /** Why not for longer. */
  readonly reason: string
}

/** "The time window between exp and nbf should not exceed 1 hour": https://qlik.dev/apis/rest/login/ */
export const cloudLifetime: LifetimeLimits = {
  maxSeconds: 3600,
  maxInWords: 'one hour',
  reason: 'Qlik Cloud refuses tokens that are valid for more than 3600 seconds',
}

/**
 * Qlik sets no bound. Ten years of 365.25 days, `10y` for qs-jwt, is our own: scripts that ask for years
 * still work, and a time in milliseconds, or with a digit too many, does not become a token.
 */
export const clientManagedLifetime: LifetimeLimits = {
  maxSeconds: 315_576_000,
  maxInWords: 'ten years',
  reason: 'no key should be trusted for longer, and a token cannot be revoked',
}

/** The only source of these numbers: the signer, the command and the rules use them. */
const limitsOf: Readonly<Record<Deployment['product'], LifetimeLimits>> = {
  cloud: cloudLifetime,
  'client-managed': clientManagedLifetime,
}

/** From here on, a token outlives every reason for making it: rules and the command warn about it. */
export const longLifetimeSeconds = 86_400

/** The defaults. */
const defaultLifetimeSeconds = 60
const defaultSkewSeconds = 5
const maxSkewSeconds = 300

/** The two lengths that determine a token's timestamps. */
export interface Lifetime {
  readonly lifetimeSeconds: number
  readonly notBeforeSkewSeconds: number
}

type LifetimeOptions = { readonly [Option in keyof Lifetime]?: number | undefined }

/** A length that is out of its bounds; `reason` says where the upper one is from. */
export interface LifetimeProblem extends Problem {
  readonly option: keyof Lifetime
  readonly min: number
  readonly max: number
  readonly reason: string
}

/** Reads both lengths, within the bounds of the product. */
export function readLifetime(
  { product }: Pick<Deployment, 'product'>,
  options: LifetimeOptions,
): Reading<Lifetime, LifetimeProblem> {
  const { maxSeconds, reason } = limitsOf[product]
  const { lifetimeSeconds = defaultLifetimeSeconds } = options
  const fits = isWholeNumber(lifetimeSeconds, 1, maxSeconds)
  const ahead = fits ? lifetimeSeconds - 1 : maxSkewSeconds
  const { notBeforeSkewSeconds = Math.min(defaultSkewSeconds, ahead) } = options
  const maxSkew = Math.min(maxSkewSeconds, ahead)
  const problems: LifetimeProblem[] = []
  if (!fits) problems.push(problemOf('lifetimeSeconds', 1, maxSeconds, reason))
  if (!isWholeNumber(notBeforeSkewSeconds, 0, maxSkew))
    problems.push(
      problemOf(
        'notBeforeSkewSeconds',
        0,
        maxSkew,
        ahead < maxSkewSeconds
          ? 'the token must be valid for some time from now on'
          : 'clocks that differ more must be corrected',
      ),
    )
  return foundUnless(problems, { lifetimeSeconds, notBeforeSkewSeconds })
}

function problemOf(
  option: keyof Lifetime,
  min: number,
  max: number,
  reason: string,
): LifetimeProblem {
  const problem = `must be a whole number of seconds from ${min} to ${max}: ${reason}`
  return { option, problem, min, max, reason }
}
