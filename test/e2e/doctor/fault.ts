import type { CheckResult } from 'jotgate/doctor'

/** One way in which a deployment is broken, as a row of docs/reference/doctor.md. */
export interface DeploymentFault<Stage> {
  /** What was done to it, as a person would say it. */
  readonly what: string
  /** The check that must name it first. */
  readonly check: string
  /** What its words must say. */
  readonly says: RegExp
  /** What the mending must say. */
  readonly mending: RegExp
  /** Words of Qlik, its clients or browsers, as people report them. */
  readonly qlikSays?: string
  /** Breaks a healthy deployment; gives what doctor is told otherwise than usual. */
  breakIt(stage: Stage): Promise<unknown> | unknown
}

/** What is wrong by doctor, the first first. */
export const findingsOf = (results: readonly CheckResult[]) =>
  results.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning')
