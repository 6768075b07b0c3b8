import type { Deployment } from '../deployment.ts'
import type { Certainty, Effect } from '../finding.ts'
import type { TokenText } from '../token-text.ts'
import type { FoundKey } from '../verify/public-key.ts'
import type { SignatureVerdict } from '../verify/signature.ts'

/** What a rule says whatever the token; docs/reference/rules.md is made of it. */
export interface RuleWords {
  /** Never used again for another rule. */
  readonly id: string
  readonly effect: Effect
  readonly certainty: Certainty
  /** What is wrong, in one sentence. */
  readonly title: string
  /** How to mend it, as an instruction. */
  readonly hint: string
  /** Where the rule is from: an address, a section of an RFC, an article. */
  readonly source: string
}

/** A rule about the text and its form, whatever it is for. */
export interface FormRule extends RuleWords {
  /** What it is about this text, or nothing when the rule is kept. */
  explain(text: TokenText): string | undefined
}

/** Claims or header members, by name. Read with `ownValue`: names come from outside. */
export type Members = Readonly<Record<string, unknown>>

/** A token on its way through the rules. */
export interface Subject<For extends Deployment = Deployment> {
  readonly deployment: For
  readonly header: Members
  readonly claims: Members
  /** When it is judged, in seconds since 1970. */
  readonly now: number
  /** How far the deployment's clock may differ; undefined when the caller does not know. */
  readonly clockToleranceSeconds: number | undefined
  /** The claims of tokens that were used before. */
  readonly earlier: readonly Members[]
  readonly signature: SignatureVerdict
  /** The dates of the certificate that was given, when one was. */
  readonly certificateDates: FoundKey['dates']
}

/** A widely copied program that breaks a rule, so that its users find themselves. */
export interface Peer<For extends Deployment = Deployment> {
  readonly program: string
  /** What it does, to end the sentence "This is what … makes:". */
  readonly mistake: string
  /** Said in place of that sentence, of a program that uses tokens and makes none. */
  readonly sentence?: string
  /** Whether a token that breaks the rule looks like one of its. */
  made(subject: Subject<For>): boolean
}

/** A rule about what a token says. */
export interface TokenRule<For extends Deployment = Deployment> extends RuleWords {
  /** What has to be readable before the rule can be asked; a rule about the deployment needs no token. */
  readonly about: 'header' | 'claims' | 'signature' | 'deployment'
  readonly peers?: readonly Peer<For>[]
  /** What it is about this token, or nothing when the rule is kept. */
  explain(subject: Subject<For>): string | undefined
}
