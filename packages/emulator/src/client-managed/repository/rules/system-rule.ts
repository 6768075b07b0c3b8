import type { Entity, Reference } from '../entity.ts'

/** The bits of a rule's `actions`. */
export const ruleActions = {
  create: 1,
  read: 2,
  update: 4,
  delete: 8,
  export: 16,
  publish: 32,
  changeOwner: 64,
  changeRole: 128,
  exportData: 256,
  offlineAccess: 512,
  distribute: 1024,
  duplicate: 2048,
  approve: 4096,
} as const

/** What a requester wants to do. */
export type RuleAction = keyof typeof ruleActions

/** Every bit of `actions`. */
export const allActions = Object.values(ruleActions).reduce((all, bit) => all | bit, 0)

/** Where a rule applies: the values of `ruleContext`. */
export const ruleContexts = { both: 0, hub: 1, qmc: 2 } as const

/** Where a request comes from: the hub and the engine, or the management console and its API. */
export type RequestContext = 'hub' | 'qmc'

/** A security rule: it can allow, never forbid. */
export interface SystemRule extends Entity {
  readonly category: string
  readonly type: string
  readonly name: string
  /** The condition; an empty one holds for everybody and everything that the filter names. */
  readonly rule: string
  /** `App_*`, `Stream_<id>`, several with commas between them. */
  readonly resourceFilter: string
  /** A sum of `ruleActions`. */
  readonly actions: number
  /** One of `ruleContexts`. */
  readonly ruleContext: number
  readonly comment: string
  readonly disabled: boolean
  readonly tags: readonly Reference[]
}
