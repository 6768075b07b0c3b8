import { isJotgateError } from '../../errors/index.ts'
import {
  type Action,
  type Applied,
  applyPlan,
  nameOfStep,
  type Progress,
  provisionErrors,
  refuseWhatCannotBe,
  type Step,
} from '../../provision/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import type { Call, Outcome } from '../command.ts'
import { interrupted } from '../interruption.ts'
import { layoutFor } from '../layout.ts'
import { planInWords, type ShownPlan } from './plan-in-words.ts'
import { stepToJson } from './plan-to-json.ts'
import type { ReadProvisioning } from './read-provisioning.ts'

/** What is being done, and what was done. */
const verbs: Readonly<Record<Action, readonly [doing: string, done: string]>> = {
  none: ['reading', 'read'],
  create: ['creating', 'created'],
  update: ['changing', 'changed'],
  delete: ['deleting', 'deleted'],
  replace: ['reading', 'read'],
  conflict: ['reading', 'read'],
}

/** What was done, also for a command that goes on with it. */
export interface CarriedOut extends Outcome {
  readonly json: { readonly done: readonly DoneStep[]; readonly left: readonly DoneStep[] }
}

type DoneStep = Pick<Step, 'action' | 'kind' | 'key'>

/**
 * Shows a plan, asks, carries it out with its progress, and says what became of it.
 *
 * @param options.question the words before the address of the deployment: `Apply 3 changes to`
 */
export async function carryOut(
  call: Call,
  read: ReadProvisioning,
  options: { shown: ShownPlan; allowDelete: boolean; question: (steps: number) => string },
): Promise<CarriedOut> {
  const { shown, allowDelete } = options
  const { plan, missingRights } = shown
  const { terminal, signal } = call
  // The result is what was done; the plan is what the question is about.
  if (!call.values.isOn('json')) terminal.writeErr(`${planInWords(shown, terminal, 'stderr')}\n`)
  refuseWhatCannotBe(plan)
  if (missingRights.length > 0)
    throw provisionErrors.ERR_PROVISION_RIGHTS({ missing: missingRights })
  const steps = plan.steps.filter(
    ({ action }) => action !== 'none' && (action !== 'delete' || allowDelete),
  )
  if (steps.length > 0) await confirm(call, options.question(steps.length), read)
  try {
    const applied = await withProgress(call, steps.length, (onEvent) =>
      applyPlan({ provisioning: read.provisioning, plan, allowDelete, onEvent, signal }),
    )
    return outcomeOf(applied, call)
  } catch (error) {
    if (!isJotgateError(error, 'ERR_PROVISION_STOPPED')) throw error
    if (!call.values.isOn('json')) terminal.writeErr(progressInWords(call, error.details))
    if (signal.aborted && error.cause === undefined) throw interrupted
    throw error
  }
}

async function confirm(call: Call, question: string, { deployment }: ReadProvisioning) {
  if (call.values.isOn('yes')) return
  const { terminal } = call
  if (!terminal.stdinIsTerminal || !terminal.stderrIsTerminal)
    throw call.refuse(
      `${question} ${deployment.url} needs a yes, and there is no terminal to ask on: --yes gives it`,
    )
  call.note(
    'No lock across machines exists: if somebody else changes these objects meanwhile, this stops at the first that is not as the plan saw it.',
  )
  const answer = await terminal.ask(`${question} ${deployment.url}? (yes/no) `)
  if (!/^y(es)?$/i.test(answer.trim())) throw call.refuse('nothing was changed, as you answered')
}

/** On a terminal each step is a line, first while it is done and then when it is. */
async function withProgress<Result>(
  call: Call,
  total: number,
  run: (onEvent: NonNullable<Parameters<typeof applyPlan>[0]['onEvent']>) => Promise<Result>,
): Promise<Result> {
  const { terminal, signal } = call
  const { paint } = layoutFor(terminal, 'stderr')
  const isShown = terminal.stderrIsTerminal
  let at = 0
  const sayInterrupted = () => {
    if (isShown) terminal.showProgress('')
    call.note(
      'Interrupted: the step that has begun is finished first. A second Ctrl+C ends at once.',
    )
  }
  signal.addEventListener('abort', sayInterrupted, { once: true })
  try {
    return await run(({ type, step, ...event }) => {
      const [doing, done] = verbs[step.action]
      const name = escapeForTerminal(nameOfStep(step))
      if (type === 'started') {
        at += 1
        if (isShown) terminal.showProgress(`${at} of ${total}: ${doing} ${name}`)
        return
      }
      if (!isShown) return
      const isFound = 'how' in event && event.how === 'found'
      terminal.showProgress('')
      terminal.writeErr(
        `${paint('green', '✓')} ${name} ${isFound ? 'was done already by somebody else' : done}\n`,
      )
    })
  } finally {
    signal.removeEventListener('abort', sayInterrupted)
    if (isShown) terminal.showProgress('')
  }
}

function progressInWords(call: Call, { done, unknown, notDone }: Progress): string {
  const { paint } = layoutFor(call.terminal, 'stderr')
  const listOf = (title: string, names: readonly string[]) =>
    names.length === 0
      ? ''
      : `${title}:\n${names.map((name) => `  · ${escapeForTerminal(name)}\n`).join('')}`
  return [
    listOf(paint('green', 'Done'), done),
    listOf(paint('yellow', 'Begun; how far Qlik did it is not known'), unknown),
    listOf(paint('red', 'Not done'), notDone),
  ].join('')
}

function outcomeOf({ done, left }: Applied, { terminal }: Call): CarriedOut {
  const said = (action: Action) => done.filter((step) => step.action === action).length
  const counted = (['create', 'update', 'delete'] as const).flatMap((action) => {
    const count = said(action)
    return count === 0 ? [] : [`${count} ${verbs[action][1]}`]
  })
  const text =
    counted.length === 0 ? 'Nothing was changed.\n' : `Done and read back: ${counted.join(', ')}.\n`
  const json = { done: done.map(toJson), left: left.map(toJson) }
  if (left.length === 0) return { text, json }
  return { text, json, next: layoutFor(terminal, 'stderr').wrap(leftInWords(left)) }
}

const toJson = (step: Step): DoneStep => {
  const { action, kind, key } = stepToJson(step)
  return { action, kind, key }
}

const leftInWords = (left: readonly Step[]) =>
  `Left as they are, though the settings want them no longer: ${left
    .map(nameOfStep)
    .map((name) => escapeForTerminal(name))
    .join('; ')}. \`--allow-delete\` deletes them.`
