import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isJsonObject, isTrueAt, type Json, type JsonObject, objectsAt, textAt } from '../json.ts'

/** A parameter as the schema has it. */
export interface SchemaParameter {
  readonly name: string
  readonly isOptional: boolean
  readonly defaultValue: Json
}

/** The names of the engine's interface, as enigma.js ships them. */
export interface EngineSchema {
  readonly version: string
  /** By `Class.Method`. */
  readonly methods: ReadonlyMap<string, readonly SchemaParameter[]>
}

/** Reads the newest schema of the installed enigma.js: the one its own users run with. */
export function readEngineSchema(): EngineSchema {
  const manifest = createRequire(import.meta.url).resolve('enigma.js/package.json')
  const folder = join(dirname(manifest), 'schemas')
  const [file] = readdirSync(folder)
    .filter((name) => /^\d+\.\d+\.\d+\.json$/.test(name))
    .sort((left, right) => compareVersions(right, left))
  if (file === undefined) throw new Error(`enigma.js has no schema in ${folder}`)
  const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json
  const structs = isJsonObject(schema) && isJsonObject(schema.structs) ? schema.structs : {}
  const methods = new Map<string, readonly SchemaParameter[]>()
  for (const [className, entries] of Object.entries(structs)) {
    if (!isJsonObject(entries)) continue
    for (const [method, entry] of Object.entries(entries)) {
      if (isJsonObject(entry)) methods.set(`${className}.${method}`, readParameters(entry))
    }
  }
  return { version: file.replace(/\.json$/, ''), methods }
}

function readParameters(entry: JsonObject): SchemaParameter[] {
  return objectsAt(entry, 'In').map((parameter) => ({
    name: textAt(parameter, 'Name'),
    isOptional: isTrueAt(parameter, 'Optional'),
    defaultValue: parameter.DefaultValue ?? null,
  }))
}

function compareVersions(left: string, right: string): number {
  const numbers = (version: string): number[] => version.split('.').map(Number)
  const [a, b] = [numbers(left), numbers(right)]
  for (const index of [0, 1, 2]) {
    const order = (a[index] ?? 0) - (b[index] ?? 0)
    if (order !== 0) return order
  }
  return 0
}
