import type { Outcome } from '../check.ts'

/** Who takes part in a login. The page is the browser’s side, the host application its server. */
export type Party = 'page' | 'host' | 'gateway' | 'qlik'

/** A request of the login, and how it ended. It holds no secret. */
export interface HarStep {
  /** Milliseconds since the first step. */
  readonly atMs: number
  readonly durationMs?: number
  /** What the page asked. */
  readonly to: Exclude<Party, 'page'>
  /** A gateway asks Qlik for the page. */
  readonly through?: 'gateway'
  readonly method: string
  /** Origin and path, and the values of parameters that may be shown. */
  readonly address: string
  /** What it is for: `logs in to Qlik by the token`. */
  readonly what: string
  /** 0 when the browser got no answer. */
  readonly status: number
  /** `unclear` where the browser broke it off, or the file does not tell. */
  readonly verdict: 'passed' | 'failed' | 'unclear'
  /** How many requests of the same kind this one stands for. */
  readonly count: number
}

/** What is wrong with the login, or was remarkable. It holds no secret. */
export interface HarFinding extends Outcome {
  /** Never used again for another finding: `har-cookies-blocked`. */
  readonly id: string
  readonly verdict: 'failed' | 'warning'
  readonly hint: string
  /** Which step shows it: a number from 0 on. */
  readonly step?: number
}

/** What a HAR tells of a login. It holds no secret. */
export interface HarReport {
  readonly recordedBy: string
  /** The origin of each party that was met. */
  readonly parties: Readonly<Partial<Record<Party, string>>>
  readonly steps: readonly HarStep[]
  /** The first broken step first; what has failed before what was only remarkable. */
  readonly findings: readonly HarFinding[]
  /** How many requests the file has, and how many entries could not be read. */
  readonly requests: number
  readonly leftOut: number
}
