/** What Qlik does about it: says no, takes it and drops it, nothing (our advice), or no source settles it. */
export type Effect = 'refused' | 'ignored' | 'advice' | 'unknown'

/**
 * How sure that is: `verified` by Qlik's own text, code or answer; `inferred` from such, or seen in
 * third-party material only; `unknown` when it was looked for and not found.
 */
export type Certainty = 'verified' | 'inferred' | 'unknown'

/**
 * What a check says. It shows names and values from our own lists and from the deployment only, never
 * what a token holds: a finding may be logged.
 */
export interface Finding {
  /** The rule's name; it stands in docs/reference/rules.md and is never used again for another. */
  readonly id: string
  readonly effect: Effect
  readonly certainty: Certainty
  /** What is wrong, as a sentence that is the same for every token. */
  readonly title: string
  /** What it is about this one. */
  readonly detail: string
  /** The next step, as an instruction. */
  readonly hint: string
  /** Where the rule is from. */
  readonly source: string
}
