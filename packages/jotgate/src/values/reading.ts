/** One thing that is wrong with what a caller gave. It never repeats the value, which may be a secret. */
export interface Problem {
  /** The option, field or setting, with its path: `claims.groups`, `groups[3]`. */
  readonly option: string
  /** What is wrong, to be read after the option: `must be a whole number from 1 to 60`. */
  readonly problem: string
}

/**
 * What a reader gives: the value, or every problem. One reader serves the function that throws at the
 * first problem (`valueOrThrow`), the command that prints all of them, and the schema of the configuration.
 */
export type Reading<Value, Of extends Problem = Problem> =
  | { readonly value: Value; readonly problems?: never }
  | { readonly value?: never; readonly problems: readonly [Of, ...Of[]] }

/** A reading that went well. */
export function found<Value>(value: Value): { readonly value: Value } {
  return { value }
}

/** A reading with one problem. */
export function refused(
  option: string,
  problem: string,
): { readonly problems: readonly [Problem] } {
  return { problems: [{ option, problem }] }
}

/**
 * Gives the value, or throws the error of the first problem.
 *
 * @param toError one of a part's own catalogue: `valueOrThrow(reading, keyErrors.ERR_KEY_OPTION)`
 */
export function valueOrThrow<Value, Of extends Problem>(
  reading: Reading<Value, Of>,
  toError: (problem: Of) => Error,
): Value {
  if (reading.problems !== undefined) throw toError(reading.problems[0])
  return reading.value
}

/** The value, unless there are problems: for what is checked as a whole after its parts were read. */
export function foundUnless<Value, Of extends Problem>(
  problems: readonly Of[],
  value: Value,
): Reading<Value, Of> {
  const [first, ...others] = problems
  return first === undefined ? { value } : { problems: [first, ...others] }
}

type ValuesOf<Readings> = {
  -readonly [Name in keyof Readings]: NonNullable<Readings[Name]> extends Reading<infer Value>
    ? Value
    : never
}

/** Joins readings: all their values under the same names, or all their problems in the same order. */
export function readAll<Readings extends { readonly [Name in keyof Readings]: Reading<unknown> }>(
  readings: Readings,
): Reading<ValuesOf<Readings>> {
  const problems: Problem[] = []
  const values: [string, unknown][] = []
  for (const [name, reading] of Object.entries<Reading<unknown>>(readings)) {
    if (reading.problems === undefined) values.push([name, reading.value])
    else problems.push(...reading.problems)
  }
  return foundUnless(problems, Object.fromEntries(values) as ValuesOf<Readings>)
}

/** Joins the readings of a list: all values, or all problems. */
export function readEach<Value>(readings: readonly Reading<Value>[]): Reading<Value[]> {
  const problems = readings.flatMap((reading) => reading.problems ?? [])
  return foundUnless(
    problems,
    readings.map((reading) => reading.value as Value),
  )
}
