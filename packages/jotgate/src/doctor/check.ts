/** The headings under which results stand, in the order in which a login goes through them. */
export const categories = [
  'network',
  'key',
  'set-up',
  'login',
  'person',
  'data',
  'gateway',
] as const

export type Category = (typeof categories)[number]

/** `not-checked` where the rights at hand, or an earlier failure, leave it open. */
export type Verdict = 'passed' | 'warning' | 'failed' | 'not-checked'

/** What a check found. It holds no secret. */
export interface Outcome {
  readonly verdict: Verdict
  /** What was found, as a sentence: `The certificate expires in 12 days`. */
  readonly title: string
  /** What shows it: what was asked, and what came. */
  readonly evidence?: string
  /** How to mend it, as an instruction; each `warning` and `failed` has one. */
  readonly hint?: string
  /** Applying the plan mends it. */
  readonly isMendedByApply?: true
  /** Where the rule comes from. */
  readonly source?: string
}

/** An outcome with the check that it comes from. */
export interface CheckResult extends Outcome {
  /** The ID of the check. */
  readonly check: string
  readonly category: Category
  /** Of one that was not made: the ID of the check whose answer is missing for it. */
  readonly waitsFor?: string
}

/** One question about a deployment. */
export interface Check<Context> {
  /** Never used again for another check: `cloud-web-integration-origin`. */
  readonly id: string
  readonly category: Category
  /** The question, as a person would ask it: `Does the web integration have the page’s origin?` */
  readonly question: string
  /** The checks that this one rests on: where one of them failed or was not checked, this one is not. */
  readonly needs: readonly string[]
  /** The checks whose failure explains that of this one: where one of them failed, this one is not checked. */
  readonly explainedBy?: readonly string[]
  /** An error that it throws is a failure of the check, with the error's message and hint. */
  run(context: Context): Promise<readonly Outcome[]>
}
