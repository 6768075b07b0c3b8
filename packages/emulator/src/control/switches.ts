import { emulatorError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import {
  type SwitchDefinition,
  type Switches,
  type SwitchName,
  switchDefinitions,
} from './switch-definitions.ts'

/** The switches of one emulator. */
export interface SwitchBoard {
  /** A copy of every value. */
  get(): Switches
  /** Changes some; unknown names and wrong values change nothing and throw. */
  set(changes: Partial<Switches>): void
  /** Back to what the emulator was started with. */
  reset(): void
  /** Calls a listener after each change. */
  onChange(listener: () => void): void
}

type AnyDefinition = SwitchDefinition<string | number | boolean>
const definitions: Readonly<Record<string, AnyDefinition>> = switchDefinitions as unknown as Record<
  string,
  AnyDefinition
>

function definitionOf(name: string): AnyDefinition {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (definition === undefined)
    throw emulatorError('ERR_EMULATOR_SWITCH_NAME', {
      name,
      nearest: nearestName(name, Object.keys(definitions)),
    })
  return definition
}

/** The values that a switch takes, in words. */
export function expectedValues(name: SwitchName): string {
  const { values, min, max } = definitionOf(name)
  return values === undefined ? `a whole number from ${min} to ${max}` : values.join(', ')
}

function takes(definition: AnyDefinition, value: unknown): boolean {
  if (definition.values !== undefined) return definition.values.some((one) => one === value)
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = definition
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

/** Checks a set of changes and gives them back typed; throws at the first that is wrong. */
export function parseSwitches(changes: Readonly<Record<string, unknown>>): Partial<Switches> {
  for (const [name, value] of Object.entries(changes))
    if (!takes(definitionOf(name), value))
      throw emulatorError('ERR_EMULATOR_SWITCH_VALUE', {
        name,
        expected: expectedValues(name as SwitchName),
      })
  return { ...changes } as Partial<Switches>
}

/** Reads `name=value` as the command line gives it. */
export function parseSwitchText(text: string): Partial<Switches> {
  const at = text.indexOf('=')
  const name = at === -1 ? text : text.slice(0, at)
  const definition = definitionOf(name)
  const written = at === -1 ? '' : text.slice(at + 1)
  const value =
    definition.values?.find((one) => String(one) === written) ??
    (definition.values === undefined && /^\d{1,9}$/.test(written) ? Number(written) : written)
  return parseSwitches({ [name]: value })
}

/** Makes the switches of one emulator, with changes from the defaults. */
export function createSwitches(changes: Partial<Switches> = {}): SwitchBoard {
  const defaults = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, definition.default]),
  )
  const atStart = { ...defaults, ...parseSwitches(changes) } as Switches
  let current = { ...atStart }
  const listeners: (() => void)[] = []
  const changed = () => {
    for (const listener of listeners) listener()
  }
  return {
    get: () => ({ ...current }),
    set(wanted) {
      current = { ...current, ...parseSwitches(wanted) }
      changed()
    },
    reset() {
      current = { ...atStart }
      changed()
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
}
