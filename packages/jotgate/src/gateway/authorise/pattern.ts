import { type Reading, readString } from '../../values/index.ts'

/** Whether a name matches: exactly, or by its beginning where the pattern ends with `*`. */
export type Pattern = (name: string) => boolean

/** Reads a pattern of names: `sales`, `eu-*`, or `*` for all. A `*` elsewhere means itself. */
export function readPattern(option: string, value: unknown): Reading<Pattern> {
  const text = readString(option, value, 256)
  if (text.problems !== undefined) return text
  const pattern = text.value
  if (!pattern.endsWith('*')) return { value: (name) => name === pattern }
  const beginning = pattern.slice(0, -1)
  return { value: (name) => name.startsWith(beginning) }
}

/** Reads a pattern of mail domains: `acme.example` for itself, `*.acme.example` for those below it. */
export function readDomainPattern(option: string, value: unknown): Reading<Pattern> {
  const text = readString(option, value, 256)
  if (text.problems !== undefined) return text
  const pattern = text.value.toLowerCase()
  if (!pattern.startsWith('*.')) return { value: (name) => name.toLowerCase() === pattern }
  const end = pattern.slice(1)
  return { value: (name) => name.toLowerCase().endsWith(end) }
}
