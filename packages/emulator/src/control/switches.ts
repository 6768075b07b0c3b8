import { emulatorError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import {
  expectedValues,
  type SwitchDefinition,
  type SwitchDefinitions,
  type SwitchValue,
  type SwitchValuesOf,
} from './switch-definition.ts'

/** Values of switches by name. */
export type SwitchValues = Readonly<Record<string, SwitchValue>>

/** The switches of one product. */
export interface SwitchBoard<Values extends SwitchValues = SwitchValues> {
  /** A copy of every value. */
  get(): Values
  /** Changes some; unknown names and wrong values change nothing and throw. */
  set(changes: Partial<Values>): void
  /** Back to what the emulator was started with. */
  reset(): void
  /** Calls a listener after each change; gives what ends that. */
  onChange(listener: () => void): () => void
}

function definitionOf(definitions: SwitchDefinitions, name: string): SwitchDefinition {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (definition === undefined)
    throw emulatorError('ERR_EMULATOR_SWITCH_NAME', {
      name,
      nearest: nearestName(name, Object.keys(definitions)),
    })
  return definition
}

function takes(definition: SwitchDefinition, value: unknown): boolean {
  if (definition.values !== undefined) return definition.values.some((one) => one === value)
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = definition
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

/** Checks a set of changes and gives them back; throws at the first that is wrong. */
export function parseSwitches(
  definitions: SwitchDefinitions,
  changes: Readonly<Record<string, unknown>>,
): SwitchValues {
  for (const [name, value] of Object.entries(changes)) {
    const definition = definitionOf(definitions, name)
    if (!takes(definition, value))
      throw emulatorError('ERR_EMULATOR_SWITCH_VALUE', {
        name,
        expected: expectedValues(definition),
      })
  }
  return { ...changes } as SwitchValues
}

/** Reads `name=value` as the command line gives it. */
export function parseSwitchText(definitions: SwitchDefinitions, text: string): SwitchValues {
  const at = text.indexOf('=')
  const name = at === -1 ? text : text.slice(0, at)
  const definition = definitionOf(definitions, name)
  const written = at === -1 ? '' : text.slice(at + 1)
  const value =
    definition.values?.find((one) => String(one) === written) ??
    (definition.values === undefined && /^\d{1,9}$/.test(written) ? Number(written) : written)
  return parseSwitches(definitions, { [name]: value })
}

/** Makes the switches of one product, with changes from the defaults. */
export function createSwitches<const Definitions extends SwitchDefinitions>(
  definitions: Definitions,
  changes: Partial<SwitchValuesOf<Definitions>> = {},
): SwitchBoard<SwitchValuesOf<Definitions>> {
  type Values = SwitchValuesOf<Definitions>
  const defaults = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, definition.default]),
  )
  const atStart = { ...defaults, ...parseSwitches(definitions, changes) } as Values
  let current = { ...atStart }
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    get: () => ({ ...current }),
    set(wanted) {
      current = { ...current, ...parseSwitches(definitions, wanted) }
      changed()
    },
    reset() {
      current = { ...atStart }
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
