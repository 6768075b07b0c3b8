/** What a switch can be set to. */
export type SwitchValue = string | number | boolean

/** One fact about Qlik that no source settles, and what the emulator does about it. */
export interface SwitchDefinition<Value extends SwitchValue = SwitchValue> {
  readonly default: Value
  /** The values it takes; a number takes the whole numbers from `min` to `max`. */
  readonly values?: readonly Value[]
  readonly min?: number
  readonly max?: number
  /** What is unknown, in a sentence. */
  readonly fact: string
  /** How sure the default is. */
  readonly certainty: Certainty
  /** What the default rests on, or what comes nearest to it. */
  readonly source: string
}

/**
 * `documented`: public material says it, and other material says otherwise or may have changed;
 * `inferred`: it follows from public material; `unknown`: no source says, and the default is a choice.
 */
export type Certainty = 'documented' | 'inferred' | 'unknown'

/** A certainty and its source. */
type Ground = readonly [Certainty, string]

const unsettled: Ground = ['unknown', 'No source says']

/** A switch between true and false. */
export function flag(
  defaultValue: boolean,
  fact: string,
  [certainty, source]: Ground = unsettled,
): SwitchDefinition<boolean> {
  return { default: defaultValue, values: [true, false], fact, certainty, source }
}

/** A switch between some values; the first is the default. */
export function choice<const Value extends string | number>(
  values: readonly [Value, ...Value[]],
  fact: string,
  [certainty, source]: Ground = unsettled,
): SwitchDefinition<Value> {
  return { default: values[0], values, fact, certainty, source }
}

/** A switch that takes the whole numbers from `min` to `max`. */
export function wholeNumber(
  defaultValue: number,
  [min, max]: readonly [number, number],
  fact: string,
  [certainty, source]: Ground = unsettled,
): SwitchDefinition<number> {
  return { default: defaultValue, min, max, fact, certainty, source }
}

/** The switches of a product by name. */
export type SwitchDefinitions = Readonly<Record<string, SwitchDefinition>>

/** The value of every switch. */
export type SwitchValuesOf<Definitions extends SwitchDefinitions> = {
  -readonly [Name in keyof Definitions]: Definitions[Name] extends SwitchDefinition<infer Value>
    ? Value
    : never
}

/** The values that a switch takes, in words. */
export function expectedValues({ values, min, max }: SwitchDefinition): string {
  return values === undefined ? `a whole number from ${min} to ${max}` : values.join(', ')
}
