import {
  algorithmNames,
  found,
  isSigningAlgorithm,
  kindOf,
  type Reading,
  refused,
  type SigningAlgorithm,
} from '../../../values/index.ts'

/** Reads which algorithms are accepted. The first is that of a key that names none. */
export function readAlgorithms(
  option: string,
  value: unknown = ['RS256'],
): Reading<readonly [SigningAlgorithm, ...SigningAlgorithm[]]> {
  if (!Array.isArray(value)) return refused(option, `must be an array, not ${kindOf(value)}`)
  if (!value.every(isSigningAlgorithm)) return refused(option, `may have ${algorithmNames} only`)
  const [first, ...rest] = value
  return first === undefined ? refused(option, 'is empty') : found([first, ...rest])
}

/** The longest difference of clocks that may be configured, and the default. */
export const clockSkew = { min: 0, max: 60, fallback: 30, unit: 'seconds' } as const
