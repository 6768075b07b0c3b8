import { isDeepStrictEqual } from 'node:util'
import { isJotgateError } from '../errors/index.ts'
import { provisionErrors } from './errors.ts'
import type { ActualObject, Kind, Provisioning } from './kind.ts'
import { changesOf, findObject, nameOfStep, type Plan, type Step } from './plan.ts'

/** What happens while a plan is carried out. */
export type ApplyEvent =
  | { readonly type: 'started'; readonly step: Step }
  /** `found`: somebody else has done it since the plan was made. */
  | { readonly type: 'done'; readonly step: Step; readonly how: 'written' | 'found' }

/** What became of a plan that was carried out to its end. */
export interface Applied {
  readonly done: readonly Step[]
  /** Removals that were not allowed. */
  readonly left: readonly Step[]
}

/**
 * Carries a plan out. Each object is read again before it is written, and after; at the first one that is not as it
 * was planned it stops. No lock across machines exists: of two that run at once, the second finds the work of the
 * first, or stops. No write is sent twice: after one that failed, Qlik is asked what became of it.
 *
 * @param options.provisioning of which the plan was made
 * @param options.plan what to do; nothing is done when one of its steps is a conflict or a replacement
 * @param options.allowDelete removes objects of this setup that are not wanted; they are left when omitted
 * @param options.onEvent told before and after each step
 * @param options.signal ends it between two steps
 * @throws ERR_PROVISION_CONFLICT, ERR_PROVISION_REPLACE and ERR_PROVISION_RIGHTS before anything is changed;
 * ERR_PROVISION_STOPPED later, with what is done and what is not, and with the error behind it as `cause`
 * @example
 * import { applyPlan, type Provisioning, readPlan } from 'jotgate/provision'
 *
 * async function setUp(provisioning: Provisioning) {
 *   const plan = await readPlan({ provisioning })
 *   await applyPlan({ provisioning, plan, onEvent: ({ type, step }) => console.log(type, step.key) })
 * }
 */
export async function applyPlan(options: {
  provisioning: Provisioning
  plan: Plan
  allowDelete?: boolean
  onEvent?: (event: ApplyEvent) => void
  signal?: AbortSignal
}): Promise<Applied> {
  const { provisioning, plan, allowDelete = false, onEvent, signal } = options
  refuseWhatCannotBe(plan)
  const open = plan.steps.filter(({ action }) => action !== 'none')
  const left = allowDelete ? [] : open.filter(({ action }) => action === 'delete')
  const steps = open.filter((step) => !left.includes(step))
  if (steps.length === 0) return { done: [], left }
  const missing = await provisioning.missingRights()
  if (missing.length > 0) throw provisionErrors.ERR_PROVISION_RIGHTS({ missing })
  for (const [at, step] of steps.entries()) {
    if (signal?.aborted) throw stopped({ steps, at, isBegun: false, failure: signal })
    onEvent?.({ type: 'started', step })
    const result = await carryOut(kindOf(provisioning, step), step)
    if ('failure' in result) throw stopped({ steps, at, ...result })
    onEvent?.({ type: 'done', step, how: result.how })
  }
  await proveAll(provisioning, steps)
  return { done: steps, left }
}

/**
 * Refuses a plan that is never carried out.
 *
 * @throws ERR_PROVISION_CONFLICT, ERR_PROVISION_REPLACE
 */
export function refuseWhatCannotBe({ steps }: Plan): void {
  const namesOf = (action: Step['action']) =>
    steps.filter((step) => step.action === action).map(nameOfStep)
  const conflicts = namesOf('conflict')
  if (conflicts.length > 0) throw provisionErrors.ERR_PROVISION_CONFLICT({ objects: conflicts })
  const replacements = namesOf('replace')
  if (replacements.length === 0) return
  const costs = new Set(steps.flatMap(({ cost }) => cost ?? []))
  throw provisionErrors.ERR_PROVISION_REPLACE({
    objects: replacements,
    cost: [...costs].join(' '),
  })
}

function kindOf({ kinds }: Provisioning, { kind }: Step): Kind {
  const found = kinds.find(({ name }) => name === kind)
  if (found === undefined) throw new TypeError(`The plan has a kind that is not known: ${kind}`)
  return found
}

type StepResult =
  | { readonly how: 'written' | 'found' }
  /** `isBegun`: Qlik was asked to change it, and it may have been changed, at least in part. */
  | { readonly failure: unknown; readonly isBegun: boolean }

async function carryOut(kind: Kind, step: Step): Promise<StepResult> {
  let before: readonly ActualObject[]
  let actual: ActualObject | undefined
  try {
    before = await kind.list()
    if (isAsPlanned(kind, step, before)) return { how: 'found' }
    actual = unchanged(step, before)
  } catch (failure) {
    return { failure, isBegun: false }
  }
  let failure: unknown
  try {
    await write(kind, step, actual)
  } catch (error) {
    failure = error
  }
  try {
    // Also after a failure: a connection that was cut tells nothing of the change.
    const after = await kind.list()
    if (isAsPlanned(kind, step, after)) return { how: 'written' }
    const isSame = isDeepStrictEqual(objectsOf(step, before), objectsOf(step, after))
    const isBegun = failure === undefined || mayComeLater(failure) || !isSame
    return { failure: failure ?? notProved(kind, step, after), isBegun }
  } catch (error) {
    return { failure: failure ?? error, isBegun: true }
  }
}

/** Whether Qlik may still do what it was asked for. */
const mayComeLater = (failure: unknown): boolean =>
  isJotgateError(failure) &&
  ['ERR_QLIK_TIMEOUT', 'ERR_QLIK_BROKEN_OFF', 'ERR_QLIK_UNREACHABLE'].includes(failure.code)

const objectsOf = ({ key, actual }: Step, objects: readonly ActualObject[]) =>
  objects.filter((one) => one.key === key || one.id === actual?.id)

function isAsPlanned(kind: Kind, step: Step, objects: readonly ActualObject[]): boolean {
  const { wanted, actual } = step
  if (wanted === undefined) return !objects.some(({ id }) => id === actual?.id)
  const found = findObject(objects, wanted.key)
  if (found === undefined || isTwice(step, objects)) return false
  const isMarked = found.owner === 'this-setup' || found.owner === 'deployment'
  return isMarked && changesOf(kind, found.fields, wanted.fields).length === 0
}

/** Qlik lets two callers make an object of one key at the same moment. */
const isTwice = ({ action, key }: Step, objects: readonly ActualObject[]): boolean =>
  action === 'create' &&
  objects.filter((one) => one.key === key && one.owner === 'this-setup').length > 1

/** The object as it is now, if that is how the plan saw it. */
function unchanged(step: Step, objects: readonly ActualObject[]): ActualObject | undefined {
  const { actual, wanted } = step
  const object = nameOfStep(step)
  if (actual === undefined) {
    if (wanted === undefined || findObject(objects, wanted.key) === undefined) return undefined
    throw provisionErrors.ERR_PROVISION_CHANGED({ object, how: 'was made by somebody else' })
  }
  const now = objects.find(({ id }) => id === actual.id)
  if (now === undefined) throw provisionErrors.ERR_PROVISION_CHANGED({ object, how: 'was removed' })
  // What belongs to an object that an earlier step has adopted is this setup's since then.
  const isSameOwner = now.owner === actual.owner || now.owner === 'this-setup'
  if (isSameOwner && isDeepStrictEqual(now.fields, actual.fields)) return now
  throw provisionErrors.ERR_PROVISION_CHANGED({ object, how: 'was changed' })
}

async function write(kind: Kind, step: Step, actual: ActualObject | undefined): Promise<void> {
  const { wanted, changes } = step
  if (actual === undefined) {
    if (wanted !== undefined) await kind.create(wanted)
  } else if (wanted === undefined) await kind.remove(actual)
  else await kind.update(actual, Object.fromEntries(changes.map(({ field, to }) => [field, to])))
}

function notProved(kind: Kind, step: Step, objects: readonly ActualObject[]) {
  const { wanted } = step
  const object = nameOfStep(step)
  if (isTwice(step, objects))
    return provisionErrors.ERR_PROVISION_CHANGED({
      object,
      how: 'was made a second time by somebody else',
    })
  const found = wanted === undefined ? undefined : findObject(objects, wanted.key)
  const fields =
    wanted === undefined || found === undefined
      ? []
      : changesOf(kind, found.fields, wanted.fields).map(({ field }) => field)
  return provisionErrors.ERR_PROVISION_NOT_PROVED({ object, fields })
}

/** A later step, or somebody else, may have undone an earlier one. */
async function proveAll(provisioning: Provisioning, steps: readonly Step[]): Promise<void> {
  const kinds = new Map(steps.map((step) => [step.kind, kindOf(provisioning, step)]))
  const lost: { step: Step; failure: unknown }[] = []
  for (const [name, kind] of kinds) {
    const ofKind = steps.filter((step) => step.kind === name)
    try {
      const objects = await kind.list()
      for (const step of ofKind)
        if (!isAsPlanned(kind, step, objects))
          lost.push({ step, failure: notProved(kind, step, objects) })
    } catch (failure) {
      lost.push(...ofKind.map((step) => ({ step, failure })))
    }
  }
  const [first] = lost
  if (first === undefined) return
  const isLost = (step: Step) => lost.some((one) => one.step === step)
  throw stoppedError({
    at: first.step,
    failure: first.failure,
    done: steps.filter((step) => !isLost(step)),
    unknown: lost.map(({ step }) => step),
    notDone: [],
  })
}

function stopped(options: {
  steps: readonly Step[]
  at: number
  failure: unknown
  isBegun: boolean
}): unknown {
  const { steps, at, failure, isBegun } = options
  const [current] = steps.slice(at)
  if (current === undefined) return failure
  return stoppedError({
    at: current,
    failure,
    done: steps.slice(0, at),
    unknown: isBegun ? [current] : [],
    notDone: steps.slice(isBegun ? at + 1 : at),
  })
}

/** What is not an error of jotgate is a bug, and stays what it is. */
function stoppedError(options: {
  at: Step
  /** The signal, where that is what ended it. */
  failure: unknown
  done: readonly Step[]
  unknown: readonly Step[]
  notDone: readonly Step[]
}): unknown {
  const { at, failure, done, unknown, notDone } = options
  const isEnded = failure instanceof AbortSignal
  if (!isEnded && !isJotgateError(failure)) return failure
  const details = {
    at: nameOfStep(at),
    reason: isEnded ? 'it was interrupted before this step' : failure.message,
    done: done.map(nameOfStep),
    unknown: unknown.map(nameOfStep),
    notDone: notDone.map(nameOfStep),
    ...(isEnded ? {} : { hint: failure.hint }),
  }
  return provisionErrors.ERR_PROVISION_STOPPED(details, isEnded ? {} : { cause: failure })
}
