import { isJotgateError } from '../../errors/index.ts'

/** A parser of what comes from outside, and what must hold for every input. */
export interface FuzzTarget {
  readonly name: string
  /** What mutation starts from. */
  readonly seeds: readonly string[]
  /** @param input a character for each byte. @throws what is wrong */
  check(input: string): void | Promise<void>
}

export const bytesOf = (input: string) => Buffer.from(input, 'latin1')

export function hold(condition: boolean, rule: string): void {
  if (!condition) throw new Error(`Broken: ${rule}`)
}

/** @returns undefined when it refuses by an error of the catalogue */
export function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (isJotgateError(error)) return undefined
    throw error
  }
}

/** What an input breaks, with the input; undefined when everything holds. */
export async function problemOf(
  check: FuzzTarget['check'],
  input: string,
): Promise<string | undefined> {
  try {
    await check(input)
    return undefined
  } catch (error) {
    return `${error} by ${JSON.stringify(input)}`
  }
}
