import type { TokenParts } from '../../../jwt/token-form.ts'
import type { UserName } from '../../repository/users.ts'
import type { VirtualProxyConfig } from '../../repository/virtual-proxy.ts'
import type { ClientManagedSwitches } from '../../switches.ts'

/** What the rules look at beside the token. */
export interface VerificationContext {
  readonly virtualProxy: VirtualProxyConfig
  readonly switches: ClientManagedSwitches
  readonly nowMs: number
}

/** Names of a user's attributes, as Qlik Sense uses them, with their values. */
export type Attributes = ReadonlyMap<string, readonly string[]>

/** A token on its way through the rules; user and attributes are there once their rules have passed. */
export interface Draft extends TokenParts {
  readonly user?: UserName
  readonly attributes?: Attributes
}

/** Why a token is refused. */
export interface Refusal {
  readonly detail: string
  /** The switch that decides it, where one does. */
  readonly decidedBy?: keyof ClientManagedSwitches
}

/** One rule: it refuses, or passes, or adds what it found. */
export interface Rule {
  readonly name: string
  check(draft: Draft, context: VerificationContext): Refusal | Partial<Draft> | undefined
}

export function isRefusal(value: object): value is Refusal {
  return 'detail' in value
}

export function refuse(detail: string, decidedBy?: keyof ClientManagedSwitches): Refusal {
  return decidedBy === undefined ? { detail } : { detail, decidedBy }
}

/** A claim by its own name only: `__proto__` and `constructor` are not claims. */
export function claimOf(draft: Draft, name: string): unknown {
  return Object.hasOwn(draft.claims, name) ? draft.claims[name] : undefined
}
