import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import type { SchemaParameter } from './schema.ts'

/** Parameters whose default in the schema is an enumeration's number, though clients send its name. */
const enumerations: readonly string[] = [
  'qReductionMode',
  'qExcludedValuesMode',
  'qMode',
  'qFileType',
  'qExportState',
  'qQueryLevel',
  'qBinningMethod',
  'qParquetCompression',
]

/**
 * Reads the parameters of a request, by position or by name, against the schema: each has the type
 * of its default value there, and what is optional gets that value when it is left out.
 */
export function readParameters(
  params: Json | undefined,
  parameters: readonly SchemaParameter[],
): JsonObject {
  const given = params === undefined || params === null ? [] : params
  if (typeof given !== 'object') throw refuse('params is neither an array nor an object', '')
  const byName = toNamed(given as readonly Json[] | JsonObject, parameters)
  return Object.fromEntries(
    parameters.map((parameter): [string, Json] => {
      const value = byName[parameter.name]
      if (value === undefined) {
        if (!parameter.isOptional) throw refuse(`${parameter.name} is missing`, parameter.name)
        return [parameter.name, absent(parameter.defaultValue)]
      }
      checkType(value, parameter)
      return [parameter.name, value]
    }),
  )
}

/** The schema's default of an array or object shows its shape, `[0]`, and is not what is meant. */
function absent(defaultValue: Json): Json {
  if (Array.isArray(defaultValue)) return []
  return isJsonObject(defaultValue) ? {} : defaultValue
}

function toNamed(
  given: readonly Json[] | JsonObject,
  parameters: readonly SchemaParameter[],
): JsonObject {
  if (!isJsonObject(given)) {
    const surplus = given.length - parameters.length
    if (surplus > 0) throw refuse(`${surplus} more parameters than the method has`, '')
    return Object.fromEntries(
      parameters.flatMap((parameter, index): [string, Json][] => {
        const value = given[index]
        return value === undefined ? [] : [[parameter.name, value]]
      }),
    )
  }
  const unknown = Object.keys(given).find(
    (name) => !parameters.some((parameter) => parameter.name === name),
  )
  if (unknown !== undefined) throw refuse(`the method has no parameter ${unknown}`, unknown)
  return given
}

function checkType(value: Json, { name, defaultValue, isOptional }: SchemaParameter): void {
  const expected = typeName(defaultValue)
  const actual = typeName(value)
  if (actual === expected || expected === 'null') return
  if (actual === 'null' && isOptional) return
  if (actual === 'string' && expected === 'number' && enumerations.includes(name)) return
  throw refuse(`${name} is ${article(actual)}, and must be ${article(expected)}`, name)
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function article(type: string): string {
  return /^[ao]/.test(type) ? `an ${type}` : type === 'null' ? type : `a ${type}`
}

function refuse(message: string, parameter: string): Error {
  return engineError(errorCodes.invalidParams, `Invalid params: ${message}`, parameter)
}
