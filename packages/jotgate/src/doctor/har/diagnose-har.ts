import { shownAddress } from './address.ts'
import { answerFault } from './answer-fault.ts'
import { clockWarning } from './clock.ts'
import { type Fault, failed, type StepContext } from './fault.ts'
import { frameFault } from './frame-fault.ts'
import { noAnswer } from './no-answer.ts'
import type { Har } from './read-har.ts'
import { originOf, type Recording, type Step, toRecording } from './recording.ts'
import type { HarFinding, HarReport, HarStep, Party } from './report.ts'
import { createRedactor, type Redactor } from './secrets.ts'
import { sessionFault } from './session-fault.ts'
import { socketFault } from './socket-fault.ts'
import { whatOf } from './step-words.ts'
import { tokenFault } from './token-fault.ts'

/** What may be wrong with a step: the first that knows a reason says it. */
const topics: readonly ((
  context: StepContext,
) => Fault | undefined | Promise<Fault | undefined>)[] = [
  noAnswer,
  tokenFault,
  sessionFault,
  frameFault,
  socketFault,
  answerFault,
]

/**
 * Says what a HAR tells of a login: its steps, and what is wrong with it, the first broken step first. What it gives
 * holds no secret: no token, cookie, CSRF token, password or value of a parameter that may be one.
 *
 * @param har as `readHar` gives it
 * @returns the report; a finding of verdict `failed` says that the login is broken
 * @example
 * const { findings } = await diagnoseHar(await readHar('login.har'))
 * for (const { title, hint } of findings) console.log(title, hint)
 */
export async function diagnoseHar(har: Har): Promise<HarReport> {
  const redactor = createRedactor(har.exchanges)
  const recording = toRecording(har, redactor)
  const steps = recording.steps.filter(isTold)
  const faults = await faultsOf(recording, steps)
  const rows = toRows(steps, faults, redactor)
  const findings = toFindings(recording, steps, faults, rows)
  return cleaned(
    {
      recordedBy: har.recordedBy,
      parties: partiesOf(recording, steps),
      steps: rows.map(({ row }) => row),
      findings,
      requests: har.exchanges.length,
      leftOut: har.leftOut,
    },
    redactor,
  )
}

/** Of pages that replace one another at once, as after a form was sent, the last is told. */
function isTold({ kind }: Step, index: number, steps: readonly Step[]): boolean {
  return kind !== 'page' || steps[index + 1]?.kind !== 'page'
}

/** The faults of the steps; what worked at a later try is none. */
async function faultsOf(recording: Recording, steps: readonly Step[]): Promise<Map<Step, Fault>> {
  const faults = new Map<Step, Fault>()
  for (const [index, step] of steps.entries()) {
    const context = {
      recording,
      step,
      earlier: steps.slice(0, index),
      later: steps.slice(index + 1),
    }
    for (const topic of topics) {
      const fault = await topic(context)
      if (fault === undefined) continue
      faults.set(step, fault)
      break
    }
  }
  for (const [index, step] of steps.entries()) {
    const isLike = (other: Step) => sameOf(other) === sameOf(step) && works(other, faults)
    if (faults.has(step) && steps.slice(index + 1).some(isLike)) faults.delete(step)
  }
  return faults
}

const sameOf = ({ kind, exchange }: Step) => `${kind} ${originOf(exchange)}${exchange.url.pathname}`

function works(step: Step, faults: ReadonlyMap<Step, Fault>): boolean {
  const { status } = step.exchange
  return !faults.has(step) && status >= 100 && status < 400
}

interface Row {
  readonly row: HarStep
  /** What it stands for. */
  readonly steps: readonly Step[]
}

/** Requests that worked and differ in nothing that matters stand in one row. */
function toRows(
  steps: readonly Step[],
  faults: ReadonlyMap<Step, Fault>,
  redactor: Redactor,
): readonly Row[] {
  const start = steps[0]?.exchange.at ?? 0
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const [first] = last ?? []
    const isSame =
      first !== undefined &&
      step.kind === 'request' &&
      first.kind === 'request' &&
      first.to === step.to &&
      verdictOf(first, faults) === verdictOf(step, faults) &&
      faults.get(first)?.id === faults.get(step)?.id
    if (isSame) last?.push(step)
    else groups.push([step])
  }
  return groups.flatMap((group) => {
    const [step] = group
    return step === undefined
      ? []
      : [{ row: toRow(group, step, start, faults, redactor), steps: group }]
  })
}

function toRow(
  group: readonly Step[],
  step: Step,
  start: number,
  faults: ReadonlyMap<Step, Fault>,
  redactor: Redactor,
): HarStep {
  const { exchange, kind, to } = step
  const { durationMs } = exchange
  const goesOn = to === 'gateway' && !exchange.url.pathname.startsWith('/.jotgate/')
  return {
    atMs: Math.max(0, Math.round(exchange.at - start)),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
    to: goesOn ? 'qlik' : to,
    ...(goesOn ? { through: 'gateway' } : {}),
    method: /^[A-Z]{1,10}$/.test(exchange.method) ? exchange.method : 'GET',
    address: shownAddress(exchange.url, redactor),
    what: whatOf(kind, group.length),
    status: exchange.status,
    verdict: verdictOf(step, faults),
    count: group.length,
  }
}

function verdictOf(step: Step, faults: ReadonlyMap<Step, Fault>): HarStep['verdict'] {
  if (faults.has(step)) return 'failed'
  const { status } = step.exchange
  return status >= 100 && status < 400 ? 'passed' : 'unclear'
}

/** The same fault once, in the order of the steps; what is only remarkable behind them. */
function toFindings(
  recording: Recording,
  steps: readonly Step[],
  faults: ReadonlyMap<Step, Fault>,
  rows: readonly Row[],
): readonly HarFinding[] {
  const findings = new Map<string, HarFinding>()
  for (const [step, fault] of faults) {
    const key = `${fault.id} ${originOf(step.exchange)}`
    const row = rows.findIndex((one) => one.steps.includes(step))
    if (!findings.has(key)) findings.set(key, { ...fault, step: row })
  }
  const clock = clockWarning(steps)
  const told = [...findings.values(), ...(clock === undefined ? [] : [clock])]
  return hasLogin(recording) ? told : [...told, noLogin]
}

const hasLogin = ({ steps }: Recording) => steps.some(({ to }) => to !== 'host')

const noLogin: HarFinding = failed(
  'har-no-login',
  'No request to Qlik or to a gateway is in the file',
  'Neither a login, nor a web socket of the engine, nor a path of Qlik’s or of a gateway',
  'Open the network panel first, switch “Preserve log” on, and load the page that shows Qlik. If nothing of Qlik is there then either, look at the page’s console: its script may have stopped before the login.',
)

function partiesOf(recording: Recording, steps: readonly Step[]): HarReport['parties'] {
  const host = steps.find(({ kind }) => kind === 'host-token')?.exchange
  const found: readonly [Party, string | undefined][] = [
    ['page', recording.pageOrigin],
    ['host', host === undefined ? recording.pageOrigin : originOf(host)],
    ['gateway', [...recording.gatewayOrigins][0]],
    ['qlik', [...recording.qlikOrigins][0]],
  ]
  return Object.fromEntries(found.filter(([, origin]) => origin !== undefined))
}

/** Each string once more, whatever it was made of. */
function cleaned<Value>(value: Value, redactor: Redactor): Value {
  if (typeof value === 'string') return redactor.clean(value) as Value
  if (Array.isArray(value)) return value.map((one) => cleaned(one, redactor)) as Value
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, cleaned(member, redactor)])
  return Object.fromEntries(members) as Value
}
