import { expect, it } from 'vitest'
import type { Json, JsonObject } from '../json.ts'
import { applyPatches, readPatches } from './patch.ts'

const properties: JsonObject = { title: 'a', cube: { order: [0, 1], 'a/b': 1 } }

function patched(qOp: Json, qPath: string, value?: Json): JsonObject {
  const qValue = value === undefined ? '' : JSON.stringify(value)
  return applyPatches(properties, readPatches([{ qOp, qPath, qValue }]))
}

it.each<[Json, string, Json | undefined, JsonObject]>([
  ['Replace', '/cube/order', [1, 0], { title: 'a', cube: { order: [1, 0], 'a/b': 1 } }],
  ['replace', '/cube/order/1', 7, { title: 'a', cube: { order: [0, 7], 'a/b': 1 } }],
  ['Add', '/cube/order/-', 2, { title: 'a', cube: { order: [0, 1, 2], 'a/b': 1 } }],
  ['Add', '/cube/order/0', 2, { title: 'a', cube: { order: [2, 0, 1], 'a/b': 1 } }],
  ['Remove', '/cube/order/0', undefined, { title: 'a', cube: { order: [1], 'a/b': 1 } }],
  [1, '/title', undefined, { cube: { order: [0, 1], 'a/b': 1 } }],
  [2, '/cube/a~1b', 2, { title: 'a', cube: { order: [0, 1], 'a/b': 2 } }],
  ['Replace', '/qMode', 'S', { ...properties, qMode: 'S' }],
])('%j of %s', (operation, path, value, expected) => {
  expect(patched(operation, path, value)).toEqual(expected)
  expect(properties).toEqual({ title: 'a', cube: { order: [0, 1], 'a/b': 1 } })
})

it.each<[Json, string, Json | undefined]>([
  ['Move', '/title', 1],
  ['Add', 'title', 1],
  ['Add', '/nothing/here', 1],
  ['Remove', '/nothing', undefined],
  ['Replace', '/cube/order/9', 1],
  ['Add', '/title/deeper', 1],
  ['Add', '/__proto__/polluted', 1],
  ['Replace', '/title', undefined],
])('refuses %j of %s with %j', (operation, path, value) => {
  expect(() => patched(operation, path, value)).toThrow(
    expect.objectContaining({ engineCode: expect.any(Number) }),
  )
})
