import type { Entity } from '../entity.ts'
import type { User } from '../users.ts'
import type { RequestContext, RuleAction, SystemRule } from './system-rule.ts'

/** Who asks. */
export interface Requester {
  /** Omitted for somebody whom the repository does not have. */
  readonly user?: User
  readonly isAnonymous?: boolean
  /**
   * What the session says of them: attributes of the token, and with Extended security environment the browser's.
   * Conditions find it in any case, as `user.environment.NAME`.
   */
  readonly environment?: Readonly<Record<string, readonly string[]>>
}

/** An entity as rules see it. */
export interface Resource {
  /** `App`, `Stream`, `VirtualProxyConfig`. */
  readonly type: string
  readonly entity: Entity
}

/** What one asks the rules. */
export interface Question {
  readonly requester: Requester
  readonly action: RuleAction
  readonly resource: Resource
  readonly context: RequestContext
}

/** What rules look up. */
export interface RuleData {
  /** The rules in their order; the first that allows decides. */
  readonly rules: readonly SystemRule[]
  /** The entity with an ID, whatever its type. */
  find(id: string): Resource | undefined
  /** Whether an attribute of a session counts as `user.NAME` too, beside `user.environment.NAME`. */
  readonly attributesAreProperties: boolean
}
