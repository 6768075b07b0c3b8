import { expect, it } from 'vitest'
import { listEngineMethods, methods, schema } from './dispatch.ts'

it('builds only methods that the schema of the installed enigma.js has', () => {
  expect(Number(schema.version.split('.')[1])).toBeGreaterThanOrEqual(2027)
  expect(Object.keys(methods).filter((name) => !schema.methods.has(name))).toEqual([])
})

it('lists every method of its classes as supported or refused', () => {
  const listed = listEngineMethods()
  const supported = listed.filter(({ isSupported }) => isSupported).map(({ name }) => name)
  expect(supported.sort()).toEqual(Object.keys(methods).sort())
  expect(listed).toContainEqual({ name: 'Doc.DoReload', isSupported: false })
})
