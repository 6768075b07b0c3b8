import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  computeCube,
  cubeTexts,
  dimension,
  makeContext,
  makeTable,
  measure,
} from '../testing/cube-input.ts'

const table = makeTable(
  ['City', 'Kind', 'Amount'],
  [
    ['Ulm', 'tea', 5],
    ['Kiel', 'ale', 0],
    [null, 'tea', 7],
    ['Ulm', 'ale', null],
    ['Bonn', 'tea', null],
    ['Äbtwil', 'tea', 1],
  ],
)

describe('a hypercube', () => {
  it('groups by its dimensions; null is a group of its own and has no value', () => {
    const definition = { qDimensions: [dimension('City')], qMeasures: [measure('Count(Kind)')] }
    expect(cubeTexts(table, definition)).toEqual([
      ['Ulm', '2'],
      ['Kiel', '1'],
      ['-', '1'],
      ['Bonn', '1'],
      ['Äbtwil', '1'],
    ])
  })

  it('leaves null out when asked, of the totals too', () => {
    const kept = computeCube(
      {
        qDimensions: [dimension('City', {}, { qNullSuppression: true })],
        qMeasures: [measure('Sum(Amount)')],
      },
      makeContext(table),
    )
    expect(kept.order).toHaveLength(4)
    expect(kept.measures[0]?.total).toBe(6)
  })

  it('suppresses zeros, and missing values, only where asked', () => {
    const definition = { qDimensions: [dimension('City')], qMeasures: [measure('Sum(Amount)')] }
    const cities = (rows: string[][]) => rows.map(([city]) => city)
    expect(cities(cubeTexts(table, { ...definition, qSuppressZero: true }))).toEqual([
      'Ulm',
      '-',
      'Äbtwil',
    ])
    const average = { ...definition, qMeasures: [measure('Avg(Amount)')], qSuppressMissing: true }
    expect(cities(cubeTexts(table, average))).toEqual(['Ulm', 'Kiel', '-', 'Äbtwil'])
  })

  it('sorts by column order and criteria: numbers, texts by collation, load order', () => {
    const sorted = (criteria: Record<string, number>, fields: [string, number | null][]) =>
      cubeTexts(makeTable(['Name', 'Value'], fields), {
        qDimensions: [dimension('Name', criteria)],
        qMeasures: [measure('Sum(Value)', { qSortByNumeric: -1 })],
      }).map(([name]) => name)
    const names: [string, number][] = [
      ['b', 1],
      ['Ä', 2],
      ['a', 3],
      ['B', 4],
      ['z', 5],
    ]
    expect(sorted({ qSortByAscii: 1 }, names)).toEqual(['a', 'Ä', 'b', 'B', 'z'])
    expect(sorted({ qSortByAscii: -1 }, names)).toEqual(['z', 'B', 'b', 'Ä', 'a'])
    expect(sorted({ qSortByLoadOrder: -1 }, names)).toEqual(['z', 'B', 'a', 'Ä', 'b'])
  })

  it('puts null behind everything in both directions', () => {
    for (const direction of [1, -1]) {
      const rows = cubeTexts(table, {
        qDimensions: [dimension('City', { qSortByAscii: direction })],
        qMeasures: [measure('Count(Kind)')],
        qInterColumnSortOrder: [0, 1],
      })
      expect(rows.at(-1)?.[0]).toBe('-')
    }
  })

  it('sorts numbers before texts in a mixed field', () => {
    const mixed = makeTable(['Title'], [['x'], [300], ['a'], [9]])
    const rows = cubeTexts(mixed, {
      qDimensions: [dimension('Title', { qSortByNumeric: 1, qSortByAscii: 1 })],
    })
    expect(rows.flat()).toEqual(['9', '300', 'a', 'x'])
  })

  it('turns an order round where a header was clicked', () => {
    const rows = cubeTexts(table, {
      qDimensions: [
        {
          qDef: { qFieldDefs: ['City'], qReverseSort: true, qSortCriterias: [{ qSortByAscii: 1 }] },
        },
      ],
    })
    expect(rows.flat()).toEqual(['Ulm', 'Kiel', 'Bonn', 'Äbtwil', '-'])
  })

  it('totals by the expression, by the rows that are shown, or not at all', () => {
    const total = (qAggrFunc: string) =>
      computeCube(
        {
          qDimensions: [dimension('Kind')],
          qMeasures: [{ qDef: { qDef: 'Avg(Amount)', qAggrFunc } }],
        },
        makeContext(table),
      ).measures[0]?.total
    const [tea, ale] = [(5 + 7 + 1) / 3, 0]
    expect(total('Expr')).toBe(13 / 4)
    expect(total('Sum')).toBe(tea + ale)
    expect(total('Avg')).toBe((tea + ale) / 2)
    expect(total('Min')).toBe(ale)
    expect(total('Max')).toBe(tea)
    expect(total('Count')).toBe(2)
    expect(total('None')).toBe(null)
  })

  it('is computed only when its condition is met', () => {
    const conditional = (text: string) =>
      computeCube(
        {
          qDimensions: [dimension('Kind')],
          qCalcCondition: { qCond: { qv: text }, qMsg: { qv: 'Select less.' } },
        },
        makeContext(table),
      )
    expect(conditional('Count(Kind) < 10').order).toHaveLength(2)
    expect(conditional('Count(Kind) < 3')).toMatchObject({
      error: { code: 7005, message: 'Select less.' },
      order: { length: 0 },
    })
    expect(conditional('GetSelectedCount(Kind)')).toMatchObject({ error: { code: 7000 } })
  })

  it('sorts a dimension by an expression, and refuses the cube when that cannot be read', () => {
    const byExpression = (qExpression: string) => ({
      qDimensions: [
        {
          qDef: {
            qFieldDefs: ['Kind'],
            qSortCriterias: [{ qSortByExpression: -1, qExpression: { qv: qExpression } }],
          },
        },
      ],
    })
    expect(cubeTexts(table, byExpression('=Sum(Amount)')).flat()).toEqual(['tea', 'ale'])
    const broken = computeCube(byExpression('=Aggr(1)'), makeContext(table))
    expect(broken).toMatchObject({ error: { code: 7000 }, order: { length: 0 } })
  })

  it.each([
    ['a measure', { qMeasures: [measure('Sum({1} Amount)')] }, 7000],
    ['an unknown field', { qDimensions: [dimension('Town')] }, 7000],
    ['a calculated dimension', { qDimensions: [dimension('=Upper(City)')] }, 7000],
    ['a calculated dimension of known parts', { qDimensions: [dimension('=City & Kind')] }, 7000],
    ['a master item', { qMeasures: [{ qLibraryId: 'abc' }] }, 7001],
    ['a column’s condition', { qMeasures: [{ qCalcCondition: { qCond: '1' } }] }, 20],
    ['an accumulation', { qMeasures: [{ qDef: { qDef: 'Sum(Amount)', qAccumulate: 1 } }] }, 20],
    ['a drill-down', { qDimensions: [{ qDef: { qFieldDefs: ['City'], qGrouping: 'H' } }] }, 20],
  ])('answers %s that it cannot compute with an error and dashes', (_, part, code) => {
    const definition = {
      qDimensions: [dimension('Kind')],
      qMeasures: [measure('Sum(Amount)')],
      ...part,
    }
    const cube = computeCube(definition, makeContext(table))
    const errors = [...cube.dimensions, ...cube.measures].flatMap(({ error }) => error ?? [])
    expect(errors).toMatchObject([{ code }])
    const column = cube.dimensions[0]?.error === undefined ? 1 : 0
    for (const row of cubeTexts(table, definition)) expect(row[column]).toBe('-')
  })

  it.each([{ qMode: 'P' }, { qMode: 'T' }, { qStateName: 'other' }])(
    'computes nothing under %j, and says so',
    (setting) => {
      const definition = { qDimensions: [dimension('Kind')], ...setting }
      const cube = computeCube(definition, makeContext(table))
      expect(cube).toMatchObject({ error: { code: 20 }, order: { length: 0 } })
    },
  )

  it('agrees with a plain loop on any rows and any number of dimensions', () => {
    const cell = fc.option(fc.constantFrom('a', 'b', 'c', 'd'))
    const row = fc.tuple(cell, cell, cell, fc.option(fc.integer({ min: -9, max: 9 })))
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        (rows, count) => {
          const fields = ['x', 'y', 'z'].slice(0, count)
          const expected = new Map<string, number>()
          for (const [x, y, z, n] of rows) {
            const key = [x, y, z]
              .slice(0, count)
              .map((text) => text ?? '-')
              .join('|')
            expected.set(key, (expected.get(key) ?? 0) + (n ?? 0))
          }
          const texts = cubeTexts(makeTable(['x', 'y', 'z', 'n'], rows), {
            qDimensions: fields.map((field) => dimension(field)),
            qMeasures: [measure('Sum(n)')],
          })
          const actual = texts.map((line) => [line.slice(0, -1).join('|'), Number(line.at(-1))])
          expect(actual).toEqual([...expected])
        },
      ),
    )
  })
})
