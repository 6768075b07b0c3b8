import type { Deployment } from './deployment.ts'
import { tokenErrors } from './errors.ts'

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
 * Qlik sets no bound. Ten years of 365.25 days, `10y` for qs-jwt, are ours: scripts with years in them
 * go on working, and a time in milliseconds, or with a digit too many, does not become a token.
 */
export const clientManagedLifetime: LifetimeLimits = {
  maxSeconds: 315_576_000,
  maxInWords: 'ten years',
  reason: 'no key should be trusted for longer, and a token cannot be called back',
}

/** The one source of these numbers: the signer, the command and the rules take them from here. */
const limitsOf: Readonly<Record<Deployment['product'], LifetimeLimits>> = {
  cloud: cloudLifetime,
  'client-managed': clientManagedLifetime,
}

/** From here on a token outlives every reason to have made it: rules and the command warn of it. */
export const longLifetimeSeconds = 86_400

/** What a token is given when nothing is said. */
const defaultLifetimeSeconds = 60
const defaultSkewSeconds = 5
const maxSkewSeconds = 300

/** The two lengths that make a token's times. */
export interface Lifetime {
  readonly lifetimeSeconds: number
  readonly notBeforeSkewSeconds: number
}

type LifetimeOptions = { readonly [Option in keyof Lifetime]?: number | undefined }

/** A length that is out of its bounds; `reason` says where the upper one is from. */
export interface LifetimeProblem {
  readonly option: keyof Lifetime
  readonly min: number
  readonly max: number
  readonly reason: string
}

/** Everything that is wrong with the two, where `parseLifetime` stops at the first. */
export function lifetimeProblems(
  { product }: Pick<Deployment, 'product'>,
  options: LifetimeOptions,
): LifetimeProblem[] {
  const { maxSeconds, reason } = limitsOf[product]
  const { lifetimeSeconds = defaultLifetimeSeconds, notBeforeSkewSeconds = 0 } = options
  const problems: LifetimeProblem[] = []
  const fits = isWithin(lifetimeSeconds, 1, maxSeconds)
  if (!fits) problems.push({ option: 'lifetimeSeconds', min: 1, max: maxSeconds, reason })
  const ahead = fits ? lifetimeSeconds - 1 : maxSkewSeconds
  const max = Math.min(maxSkewSeconds, ahead)
  if (!isWithin(notBeforeSkewSeconds, 0, max))
    problems.push({
      option: 'notBeforeSkewSeconds',
      min: 0,
      max,
      reason:
        ahead < maxSkewSeconds
          ? 'a part of the lifetime must lie ahead'
          : 'clocks that differ more are to be set right',
    })
  return problems
}

/** @throws ERR_TOKEN_LIFETIME */
export function parseLifetime(
  deployment: Pick<Deployment, 'product'>,
  options: LifetimeOptions,
): Lifetime {
  const [problem] = lifetimeProblems(deployment, options)
  if (problem !== undefined) throw tokenErrors.ERR_TOKEN_LIFETIME({ ...problem })
  const { lifetimeSeconds = defaultLifetimeSeconds } = options
  const { notBeforeSkewSeconds = Math.min(defaultSkewSeconds, lifetimeSeconds - 1) } = options
  return { lifetimeSeconds, notBeforeSkewSeconds }
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
}
