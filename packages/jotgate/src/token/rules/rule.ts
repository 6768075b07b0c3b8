import type { Certainty, Effect } from '../../values/index.ts'
import type { Deployment } from '../deployment.ts'
import type { TokenText } from '../token-text.ts'
import type { FoundKey } from '../verify/public-key.ts'
import type { SignatureVerdict } from '../verify/signature.ts'

/** What a rule says whatever the token; docs/reference/rules.md is made of it. */
export interface RuleWords {
  /** Never used again for another rule. */
  readonly id: string
  readonly effect: Effect
  /** As in a finding. Default: whether the effect is `refused` or `ignored`. */
  readonly blocks?: boolean
  readonly certainty: Certainty
  /** What is wrong, in one sentence. */
  readonly title: string
  /** What to do, as an instruction. */
  readonly hint: string
  /** Where the rule is from: an address, a section of an RFC, an article. */
  readonly source: string
}

/** Whether a finding of this rule blocks. */
export function blocksOf({ effect, blocks }: RuleWords): boolean {
  return blocks ?? (effect === 'refused' || effect === 'ignored')
}

/** How a rule is broken, and another hint where the usual one would mislead. */
export interface Explanation {
  readonly detail: string
  readonly hint: string
}

/** A rule about the text and its form, whatever the token is for. */
export interface FormRule extends RuleWords {
  /** How this text breaks the rule; undefined when it does not. */
  explain(text: TokenText): string | undefined
}

/** Claims or header members, by name. Read with `ownMember`: names come from outside. */
export type Members = Readonly<Record<string, unknown>>

/** A token on its way through the rules. */
export interface Subject<For extends Deployment | undefined = Deployment | undefined> {
  /** Undefined when it is not known which product the token is for. */
  readonly deployment: For
  readonly header: Members
  readonly claims: Members
  /** The time of the check, in seconds since 1970. */
  readonly now: number
  /** How far the deployment's clock may differ; undefined when the caller does not know. */
  readonly clockToleranceSeconds: number | undefined
  /** The claims of tokens that were used before. */
  readonly earlier: readonly Members[]
  readonly signature: SignatureVerdict
  /** The dates of the certificate that was given, when one was. */
  readonly certificateDates: FoundKey['dates']
}

/** A rule about what a token says. */
export interface TokenRule<For extends Deployment | undefined = Deployment | undefined>
  extends RuleWords {
  /** What has to be readable before the rule can be evaluated; a rule about the deployment needs no token. */
  readonly about: 'header' | 'claims' | 'signature' | 'deployment'
  /** How this token breaks the rule; undefined when it does not. */
  explain(subject: Subject<For>): string | Explanation | undefined
}
