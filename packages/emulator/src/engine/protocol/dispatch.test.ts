import { expect, it } from 'vitest'
import { methods, schema } from './dispatch.ts'

it('builds only methods that the schema of the installed enigma.js has', () => {
  expect(Number(schema.version.split('.')[1])).toBeGreaterThanOrEqual(2027)
  expect(Object.keys(methods).filter((name) => !schema.methods.has(name))).toEqual([])
})
