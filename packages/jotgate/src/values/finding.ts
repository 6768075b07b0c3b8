/**
 * What Qlik does: refuses it, takes it and drops it, or nothing, so that it is advice; `unknown` where no
 * source settles it.
 */
export type Effect = 'refused' | 'ignored' | 'advice' | 'unknown'

/**
 * How sure that is: `verified` by Qlik's own text, code or answer; `inferred` from these, or seen in
 * third-party material only; `unknown` when it was looked for and not found.
 */
export type Certainty = 'verified' | 'inferred' | 'unknown'

/**
 * What a check says. It shows names and values from our own lists and from the deployment only, never
 * what a token contains: a finding may be logged.
 */
export interface Finding {
  /** The rule's name, as in docs/reference/rules.md; it is never used again for another rule. */
  readonly id: string
  readonly effect: Effect
  /**
   * Whether to stop here: the token or key must not be used as it is. Advice does not block; what no source
   * settles blocks only where going on would be careless, such as with an expired certificate.
   */
  readonly blocks: boolean
  readonly certainty: Certainty
  /** What is wrong, as a sentence that is the same for every token. */
  readonly title: string
  /** What applies to this one. */
  readonly detail: string
  /** The next step, as an instruction. */
  readonly hint: string
  /** Where the rule comes from. */
  readonly source: string
}
