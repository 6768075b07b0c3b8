import { expect, it } from 'vitest'
import type { EngineDoc } from '../charts/engine-objects.ts'
import { applySelections } from './select.ts'
import { parseSingleQuery } from './single-query.ts'

/** A document that writes down what it is asked to do. */
function createDoc(): { doc: EngineDoc; done: unknown[] } {
  const done: unknown[] = []
  const doc = {
    clearAll: async (lockedToo: boolean) => done.push(['clearAll', lockedToo]),
    applyBookmark: async (id: string) => done.push(['applyBookmark', id]),
    getField: async (name: string) => ({
      selectValues: async (values: unknown) => done.push([name, values]),
    }),
  }
  return { doc: doc as unknown as EngineDoc, done }
}

const apply = async (query: string) => {
  const { doc, done } = createDoc()
  await applySelections(doc, parseSingleQuery(`http://localhost:4848/single/?${query}`))
  return done
}

it('clears first, then takes the bookmark, then selects', async () => {
  const query = 'appid=a&obj=o&select=[Year],[2000],[]&bookmark=b&select=clearall'
  expect(await apply(query)).toEqual([
    ['clearAll', false],
    ['applyBookmark', 'b'],
    ['Year', [{ qText: '2000', qNumber: 2000, qIsNumeric: true }, { qText: '' }]],
  ])
})

it('selects text as text, and does nothing where nothing is asked for', async () => {
  expect(await apply('appid=a&obj=o&select=Genre,Drama')).toEqual([['Genre', [{ qText: 'Drama' }]]])
  expect(await apply('appid=a&obj=o')).toEqual([])
})
