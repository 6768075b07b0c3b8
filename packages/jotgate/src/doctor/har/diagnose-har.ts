import { answerFault } from './answer-fault.ts'
import { clockWarning } from './clock.ts'
import { type Fault, failed, type StepContext } from './fault.ts'
import { frameFault } from './frame-fault.ts'
import { noAnswer } from './no-answer.ts'
import type { Har } from './read-har.ts'
import { addressOf, originOf, type Recording, type Step, toRecording } from './recording.ts'
import type { HarFinding, HarReport, Party } from './report.ts'
import { type Row, toRows } from './rows.ts'
import { createRedactor, type Redactor } from './secrets.ts'
import { sessionFault } from './session-fault.ts'
import { socketFault } from './socket-fault.ts'
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
  const rows = toRows(steps, (step) => faults.get(step)?.id, redactor)
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
    const isLike = (other: Step) => addressOf(other) === addressOf(step) && works(other, faults)
    if (faults.has(step) && steps.slice(index + 1).some(isLike)) faults.delete(step)
  }
  return faults
}

function works(step: Step, faults: ReadonlyMap<Step, Fault>): boolean {
  const { status } = step.exchange
  return !faults.has(step) && status >= 100 && status < 400
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
    const row = rows.findIndex((one) => one.steps.has(step))
    if (!findings.has(key)) findings.set(key, { ...fault, step: row })
  }
  const clock = clockWarning(steps)
  const told = [...findings.values(), ...(clock === undefined ? [] : [clock])]
  return hasLogin(recording) || findings.size > 0 ? told : [noLogin, ...told]
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
