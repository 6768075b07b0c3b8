import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject, textAt } from '../json.ts'

/** One step of `ApplyPatches`: JSON-Patch with the engine's names, the value as JSON text. */
export interface Patch {
  readonly operation: 'add' | 'remove' | 'replace'
  readonly segments: readonly string[]
  readonly value: Json
}

/** PatchOperationType of the schema: a name in any case, or its number. */
const operations: Readonly<Record<string, Patch['operation']>> = {
  add: 'add',
  remove: 'remove',
  replace: 'replace',
  '0': 'add',
  '1': 'remove',
  '2': 'replace',
}
const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** Reads the patches of a request and refuses those that are none. */
export function readPatches(entries: readonly Json[]): Patch[] {
  return entries.map((entry) => {
    if (!isJsonObject(entry)) throw invalid('a patch is not an object')
    const operation = operations[String(entry.qOp ?? 'add').toLowerCase()]
    if (operation === undefined) throw invalid(`qOp is ${JSON.stringify(entry.qOp)}`)
    const path = textAt(entry, 'qPath')
    if (!path.startsWith('/') || path === '/') throw invalid(`qPath is "${path}"`)
    const segments = path
      .slice(1)
      .split('/')
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (segments.some((segment) => forbiddenKeys.includes(segment))) {
      throw invalid(`qPath is "${path}"`)
    }
    return { operation, segments, value: operation === 'remove' ? null : readValue(entry) }
  })
}

function readValue(entry: JsonObject): Json {
  const text = textAt(entry, 'qValue')
  try {
    return JSON.parse(text) as Json
  } catch {
    throw invalid(`qValue is not JSON: ${text.slice(0, 100)}`)
  }
}

/** Gives the properties with all patches applied; the ones handed in stay as they are. */
export function applyPatches(properties: JsonObject, patches: readonly Patch[]): JsonObject {
  let patched: Json = properties
  for (const patch of patches) patched = change(patched, patch, 0)
  return isJsonObject(patched) ? patched : properties
}

function change(target: Json, patch: Patch, depth: number): Json {
  const key = patch.segments[depth]
  if (key === undefined) return patch.value
  const isLast = depth === patch.segments.length - 1
  if (Array.isArray(target)) return changeArray(target, key, patch, depth, isLast)
  if (!isJsonObject(target)) throw noPlace(patch)
  const { [key]: current, ...others } = target
  if (isLast && patch.operation === 'remove') {
    if (current === undefined) throw noPlace(patch)
    return others
  }
  // The engine fills defaults in, so that a client may replace a last key that was never set.
  if (current === undefined && !isLast) throw noPlace(patch)
  return { ...target, [key]: isLast ? patch.value : change(current ?? null, patch, depth + 1) }
}

function changeArray(
  target: readonly Json[],
  key: string,
  patch: Patch,
  depth: number,
  isLast: boolean,
): Json {
  const index = key === '-' ? target.length : Number(key)
  const most = isLast && patch.operation === 'add' ? target.length : target.length - 1
  if (!Number.isInteger(index) || index < 0 || index > most) throw noPlace(patch)
  if (!isLast) return target.with(index, change(target[index] ?? null, patch, depth + 1))
  if (patch.operation === 'replace') return target.with(index, patch.value)
  return patch.operation === 'add'
    ? target.toSpliced(index, 0, patch.value)
    : target.toSpliced(index, 1)
}

function noPlace(patch: Patch): Error {
  return engineError(
    errorCodes.invalidPath,
    `there is nothing at /${patch.segments.join('/')}`,
    'qPath',
  )
}

function invalid(message: string): Error {
  return engineError(errorCodes.invalidParameters, message, 'qPatches')
}
