import { isDeepStrictEqual } from 'node:util'
import type { ActualObject, Fields, Kind, WantedObject } from './kind.ts'

/** A field that is not as it should be. */
export interface Change {
  readonly field: string
  /** Undefined where Qlik has no such field. */
  readonly from: unknown
  readonly to: unknown
  /** Where the field follows from, when that is not the same for the whole object. */
  readonly because?: string
}

/**
 * What is to be done about one object:
 * - `none`: it is as it should be.
 * - `create`, `update`, `delete`.
 * - `replace`: a field would have to change that Qlik lets nobody change. `cost` says what it would take.
 * - `conflict`: an object with this key is there that this setup has not made.
 */
export type Action = 'none' | 'create' | 'update' | 'delete' | 'replace' | 'conflict'

/** One step of a plan. */
export interface Step {
  readonly action: Action
  /** The name of the kind. */
  readonly kind: string
  readonly key: string
  readonly wanted?: WantedObject
  /** As it was when the plan was made. */
  readonly actual?: ActualObject
  readonly changes: readonly Change[]
  /** An object that nobody had marked becomes one of this setup. */
  readonly adopts?: true
  /** Of `replace`: for each fixed field what it would cost. */
  readonly cost?: string
  /** What the step brings with it beside the change. */
  readonly warning?: string
}

/** What stands between a deployment and its settings. */
export interface Plan {
  /** In the order in which they are carried out; removals come last, the other way round. */
  readonly steps: readonly Step[]
  readonly notChecked: readonly string[]
}

/**
 * Compares what is wanted with what is there.
 *
 * @param options.objects what each kind listed, by the kind's name
 * @param options.adopt takes over objects of the same key that no setup has marked; those that another setup has
 * marked stay a conflict
 * @param options.removesAll wants none of the objects: every object of this setup is removed, and nothing else
 * @param options.setsBack with `removesAll`: settings of the whole deployment get their defaults again
 */
export function planSteps(options: {
  kinds: readonly Kind[]
  wanted: readonly WantedObject[]
  objects: ReadonlyMap<string, readonly ActualObject[]>
  adopt: boolean
  removesAll?: boolean
  setsBack?: boolean
}): Step[] {
  const wanted = options.removesAll === true ? defaultsOf(options) : options.wanted
  const perKind = options.kinds.map((kind) => {
    const actual = options.objects.get(kind.name) ?? []
    const ofKind = wanted.filter((one) => one.kind === kind.name)
    const matched = ofKind.map((one) => ({ one, found: findObject(actual, one.key) }))
    const kept = new Set(matched.map(({ found }) => found))
    return {
      writes: matched.map(({ one, found }) => stepFor(kind, one, found, options.adopt)),
      removals: actual
        .filter((one) => one.owner === 'this-setup' && !kept.has(one))
        .map((one) => removalOf(kind, one)),
    }
  })
  const writes = perKind.flatMap((one) => one.writes)
  return [...writes, ...perKind.reverse().flatMap((one) => one.removals)]
}

/** The settings of the whole deployment that are wanted, with their defaults. */
function defaultsOf(options: {
  kinds: readonly Kind[]
  wanted: readonly WantedObject[]
  setsBack?: boolean
}): WantedObject[] {
  if (options.setsBack !== true) return []
  return options.wanted.flatMap((one) => {
    const { defaults } = options.kinds.find(({ name }) => name === one.kind) ?? {}
    if (defaults === undefined) return []
    const fields = Object.entries(defaults).filter(([field]) => field in one.fields)
    return [{ ...one, fields: Object.fromEntries(fields), because: 'the default of Qlik' }]
  })
}

/** The object of the same key; where Qlik lets several have it, the one that this setup has made. */
export function findObject(actual: readonly ActualObject[], key: string): ActualObject | undefined {
  const same = actual.filter((one) => one.key === key)
  const owners = ['deployment', 'this-setup', 'unmarked', 'another-setup']
  return same.sort((one, other) => owners.indexOf(one.owner) - owners.indexOf(other.owner))[0]
}

function stepFor(
  kind: Kind,
  wanted: WantedObject,
  actual: ActualObject | undefined,
  adopt: boolean,
): Step {
  const common = { kind: kind.name, key: wanted.key, wanted }
  const reasoned = (changes: readonly Change[]) =>
    changes.map((change) => {
      const because = wanted.reasons?.[change.field]
      return because === undefined ? change : { ...change, because }
    })
  if (actual === undefined) {
    const changes = reasoned(changesOf(kind, {}, wanted.fields))
    return { ...common, action: 'create', changes, ...warningOf(kind, 'create') }
  }
  const changes = reasoned(changesOf(kind, actual.fields, wanted.fields))
  const step = { ...common, actual, changes }
  const isUnmarked = actual.owner === 'unmarked'
  if (actual.owner === 'another-setup' || (isUnmarked && !adopt))
    return { ...step, action: 'conflict' }
  const costs = changes.flatMap(({ field }) => kind.fixed[field] ?? [])
  if (costs.length > 0) return { ...step, action: 'replace', cost: [...new Set(costs)].join(' ') }
  if (!isUnmarked && changes.length === 0) return { ...step, action: 'none' }
  const update = { ...step, action: 'update', ...warningOf(kind, 'update') } as const
  return isUnmarked ? { ...update, adopts: true } : update
}

function warningOf({ warnings }: Kind, action: 'create' | 'update' | 'delete') {
  const warning = warnings?.[action]
  return warning === undefined ? {} : { warning }
}

const removalOf = (kind: Kind, actual: ActualObject): Step => ({
  action: 'delete',
  kind: kind.name,
  key: actual.key,
  actual,
  changes: [],
  ...warningOf(kind, 'delete'),
})

/** The wanted fields that are not as they should be. */
export function changesOf(
  { unordered }: Pick<Kind, 'unordered'>,
  from: Fields,
  to: Fields,
): Change[] {
  return Object.entries(to)
    .filter(([field, value]) => {
      const sorted = unordered.includes(field)
      return !isDeepStrictEqual(comparable(from[field], sorted), comparable(value, sorted))
    })
    .map(([field, value]) => ({ field, from: from[field], to: value }))
}

const comparable = (value: unknown, sorted: boolean): unknown =>
  sorted && Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value

/** A step’s object, for people. */
export const nameOfStep = ({ kind, key }: Step): string => `${kind} "${key}"`

/** Whether there is something that the deployment does not have as it should. */
export const hasChanges = (plan: Plan): boolean =>
  plan.steps.some(({ action }) => action !== 'none')
