import {
  isObject,
  kindOf,
  type Reading,
  readAll,
  readEach,
  readString,
  readWholeNumber,
  refused,
} from '../../values/index.ts'
import { readPattern } from './pattern.ts'

/** Which of a person's groups Qlik is told, and by which names. */
export interface GroupOptions {
  /** Groups as the host application names them: `sales`, or `eu-*` for all that begin so. At most 1000. */
  readonly allow: readonly string[]
  /** Other names at Qlik, by the host application's: `{ 'CN=Sales': 'sales' }`. At most 1000. */
  readonly rename?: Readonly<Record<string, string>>
  /** What stands before each name at Qlik, after it was renamed. Up to 128 characters. */
  readonly prefix?: string
  /** With more allowed groups than this a person may not enter. Default 200, 1 to 200. */
  readonly max?: number
}

/** Gives the groups by their names at Qlik; undefined when there are too many. */
export type AllowedGroups = (groups: readonly string[]) => readonly string[] | undefined

/** The length of a name is Qlik's own bound (groups API). */
const maxGroupLength = 256

/**
 * Reads the options. Without any, nobody has groups: what a host application calls a group may have been made by
 * its users, and a group of the same name at Qlik gives access.
 */
export function readAllowedGroups(option: string, value: unknown): Reading<AllowedGroups> {
  if (value === undefined) return { value: () => [] }
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const fields = readAll({
    allow: readAllowList(`${option}.allow`, value.allow),
    rename: readNames(`${option}.rename`, value.rename),
    prefix:
      value.prefix === undefined
        ? { value: '' }
        : readString(`${option}.prefix`, value.prefix, 128),
    max: readWholeNumber(`${option}.max`, value.max, { min: 1, max: 200, fallback: 200 }),
  })
  if (fields.problems !== undefined) return fields
  const { allow, rename, prefix, max } = fields.value
  return {
    value(groups) {
      const names = new Set<string>()
      for (const group of groups)
        if (allow.some((matches) => matches(group)))
          names.add(prefix + (rename.get(group) ?? group))
      const all = [...names]
      if (all.length > max || all.some((name) => name.length > maxGroupLength)) return undefined
      return Object.freeze(all)
    },
  }
}

function readAllowList(option: string, value: unknown) {
  if (!Array.isArray(value)) return refused(option, `must be an array, not ${kindOf(value)}`)
  if (value.length > 1000) return refused(option, 'has more than 1000 names')
  return readEach(value.map((one, index) => readPattern(`${option}[${index}]`, one)))
}

/** By a map: the name of a group may be `constructor`, which every object has. */
function readNames(option: string, value: unknown): Reading<ReadonlyMap<string, string>> {
  if (value === undefined) return { value: new Map() }
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const entries = Object.entries(value)
  if (entries.length > 1000) return refused(option, 'has more than 1000 names')
  const names = readEach(
    entries.map(([, to], index) =>
      readString(`${option}, entry ${index + 1},`, to, maxGroupLength),
    ),
  )
  return names.problems === undefined
    ? { value: new Map(entries.map(([from], index) => [from, names.value[index] ?? from])) }
    : names
}
