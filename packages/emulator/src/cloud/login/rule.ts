import type { TokenParts } from '../../jwt/token-form.ts'
import type { IdentityProvider, UsedToken } from '../state/state.ts'
import type { CloudSwitches } from '../switch-definitions.ts'
import type { Refusal } from './refusals.ts'

/** What the rules look at beside the token. */
export interface VerificationContext {
  readonly identityProviders: readonly IdentityProvider[]
  readonly switches: CloudSwitches
  readonly nowMs: number
  /** By issuer and jti. */
  readonly usedTokens: ReadonlyMap<string, UsedToken>
}

/** A token on its way through the rules; the provider is there once its rule has passed. */
export interface Draft extends TokenParts {
  readonly identityProvider?: IdentityProvider
}

/** One rule: it refuses, or passes, or adds what it found. */
export interface Rule {
  readonly name: string
  check(draft: Draft, context: VerificationContext): Refusal | Partial<Draft> | undefined
}

export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && 'about' in value
}

/** A claim that is there; `null` counts as there, with a wrong type. */
export function hasClaim(draft: Draft, name: string): boolean {
  return Object.hasOwn(draft.claims, name)
}

/** A claim by its own name only: `__proto__` and `constructor` are not claims. */
export function claimOf(draft: Draft, name: string): unknown {
  return Object.hasOwn(draft.claims, name) ? draft.claims[name] : undefined
}
