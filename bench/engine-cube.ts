/**
 * How long the emulator's engine takes for a hypercube of two dimensions over 200,000 flights.
 * Run it: `node bench/engine-cube.ts`. It fails when a layout takes longer than a second.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { toAppDefinition } from '../packages/emulator/src/engine/data/app-definition.ts'
import { parseRowObjects } from '../packages/emulator/src/engine/data/row-objects.ts'
import { createDoc, createObject } from '../packages/emulator/src/engine/model/doc.ts'
import { layoutOf } from '../packages/emulator/src/engine/model/object-layout.ts'
import { changeSelection } from '../packages/emulator/src/engine/selection/history.ts'
import { selectElements } from '../packages/emulator/src/engine/selection/select-elements.ts'

const limitMs = 1_000
const entry = createRequire(import.meta.url).resolve('vega-datasets')
const file = join(dirname(entry), '..', 'data', 'flights-200k.json')
const text = await readFile(file, 'utf8')

const loadStarted = performance.now()
const table = parseRowObjects(text, 'flights-200k.json', 'Flights')
console.log(`load ${table.rowCount} rows: ${(performance.now() - loadStarted).toFixed(0)} ms`)

const app = toAppDefinition({ id: 'flights', name: 'Flights', table, lastReloadTime: '' })
const byMeasure = { qSortBy: { qSortByNumeric: -1 } }
const cube = (mode: 'S' | 'K', ...measures: string[]) => ({
  qInfo: { qType: 'bench' },
  qHyperCubeDef: {
    qMode: mode,
    qDimensions: ['distance', 'delay'].map((field) => ({
      qDef: { qFieldDefs: [field], qSortCriterias: [{ qSortByNumeric: 1 }] },
    })),
    qMeasures: measures.map((qDef) => ({ qDef: { qDef }, ...byMeasure })),
    qInterColumnSortOrder: [2, 0, 1],
    qInitialDataFetch: [{ qWidth: 4, qHeight: 500 }],
  },
})

let slowest = 0
function time(name: string, run: () => unknown): void {
  const started = performance.now()
  run()
  const elapsed = performance.now() - started
  slowest = Math.max(slowest, elapsed)
  console.log(`${name}: ${elapsed.toFixed(0)} ms`)
}

for (const [name, properties] of [
  ['two dimensions, Sum', cube('S', 'Sum(delay)')],
  ['two dimensions, Count(distinct time)', cube('S', 'Count(distinct time)')],
  ['two dimensions, Sum of a product and Avg', cube('S', 'Sum(delay * distance)', 'Avg(time)')],
  ['two dimensions as a stack', cube('K', 'Sum(delay)')],
] as const) {
  const doc = createDoc(app, table)
  const object = createObject(doc, properties)
  time(`${name}, first layout`, () => layoutOf(doc, object))
  const field = table.field('delay')
  if (field === undefined) throw new Error('flights have no delay')
  time(`${name}, after a selection`, () => {
    const selected = selectElements(table, doc.selection.state, field, [1, 2, 3, 4, 5, 6], false)
    changeSelection(doc.selection, selected)
    doc.version += 1
    layoutOf(doc, object)
  })
}

console.log(`slowest ${slowest.toFixed(0)} ms, limit ${limitMs} ms`)
if (slowest > limitMs) process.exitCode = 1
