import { shownAddress } from './address.ts'
import { addressOf, type Step } from './recording.ts'
import type { HarStep } from './report.ts'
import type { Redactor } from './secrets.ts'
import { whatOf } from './step-words.ts'

/** A step of the report. */
export interface Row {
  readonly row: HarStep
  /** What it stands for. */
  readonly steps: ReadonlySet<Step>
}

/**
 * The steps to be told: files of Qlik's, and the same request again, that follow one another in one row.
 *
 * @param faultOf names what is wrong with a step
 */
export function toRows(
  steps: readonly Step[],
  faultOf: (step: Step) => string | undefined,
  redactor: Redactor,
): readonly Row[] {
  const groups: [Step, ...Step[]][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const isSame =
      last !== undefined &&
      subjectOf(last[0]) === subjectOf(step) &&
      faultOf(last[0]) === faultOf(step)
    if (isSame) last.push(step)
    else groups.push([step])
  }
  const start = steps[0]?.exchange.at ?? 0
  return groups.map((group) => {
    const row = toRow(group[0], group.length, start, faultOf(group[0]) !== undefined, redactor)
    return { row, steps: new Set(group) }
  })
}

/** What a row is about. */
function subjectOf(step: Step): string {
  const { kind, to, exchange } = step
  const what = kind === 'request' ? `${kind} ${to}` : addressOf(step)
  return `${what} ${verdictOf(step, false)} ${kind === 'request' ? '' : exchange.status}`
}

function toRow(
  { exchange, kind, to }: Step,
  count: number,
  start: number,
  isBroken: boolean,
  redactor: Redactor,
): HarStep {
  const { durationMs } = exchange
  const goesOn = to === 'gateway' && !exchange.url.pathname.startsWith('/.jotgate/')
  return {
    atMs: Math.max(0, Math.round(exchange.at - start)),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
    to: goesOn ? 'qlik' : to,
    ...(goesOn ? { through: 'gateway' } : {}),
    method: /^[A-Z]{1,10}$/.test(exchange.method) ? exchange.method : 'GET',
    address: shownAddress(exchange.url, redactor),
    what: whatOf(kind, count),
    status: exchange.status,
    verdict: verdictOf({ exchange }, isBroken),
    count,
  }
}

function verdictOf({ exchange }: Pick<Step, 'exchange'>, isBroken: boolean): HarStep['verdict'] {
  if (isBroken) return 'failed'
  return exchange.status >= 100 && exchange.status < 400 ? 'passed' : 'unclear'
}
