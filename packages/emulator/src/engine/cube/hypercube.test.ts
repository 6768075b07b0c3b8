import { describe, expect, it } from 'vitest'
import { arrayAt, type JsonObject } from '../json.ts'
import {
  computeCube,
  dimension,
  makeContext,
  makeTable,
  measure,
  noSelections,
  toHyperCube,
} from '../testing/cube-input.ts'
import { readPages } from './page.ts'

const table = makeTable(
  ['City', 'Year', 'Amount'],
  [
    ['Ulm', 2024, 5],
    ['Kiel', 2025, 3],
    [null, 2025, 7],
  ],
)

function layout(definition: JsonObject): JsonObject {
  return toHyperCube(computeCube(definition, makeContext(table)), noSelections)
}

describe('a hypercube’s layout', () => {
  it('writes cells as clients read them: text, number or "NaN", element, null', () => {
    const cube = layout({
      qDimensions: [dimension('City'), dimension('Year')],
      qMeasures: [measure('Sum(Amount)')],
      qInitialDataFetch: [{ qWidth: 9, qHeight: 9 }],
    })
    expect(cube.qDataPages).toMatchObject([
      {
        qArea: { qLeft: 0, qTop: 0, qWidth: 3, qHeight: 3 },
        qMatrix: [
          [
            { qText: 'Ulm', qNum: 'NaN', qElemNumber: 0, qState: 'O' },
            { qText: '2024', qNum: 2024, qElemNumber: 0, qIsNumeric: true },
            { qText: '5', qNum: 5, qElemNumber: 0, qState: 'L', qIsNumeric: true },
          ],
          [{ qText: 'Kiel' }, { qText: '2025' }, { qNum: 3 }],
          [{ qText: '-', qNum: 'NaN', qElemNumber: -2, qIsNull: true }, {}, { qNum: 7 }],
        ],
      },
    ])
    expect(cube.qDimensionInfo).toMatchObject([
      { qDimensionType: 'D', qMin: 'NaN', qMax: 'NaN', qCardinal: 2 },
      { qDimensionType: 'N', qMin: 2024, qMax: 2025, qTags: ['$numeric', '$integer'] },
    ])
    expect(cube.qGrandTotalRow).toMatchObject([{ qNum: 15, qElemNumber: -1, qIsTotalCell: true }])
  })

  it('names columns by label, else by field or expression', () => {
    const { qDimensionInfo, qMeasureInfo } = layout({
      qDimensions: [
        dimension('[City]'),
        { qDef: { qFieldDefs: ['Year'], qFieldLabels: ['When'] } },
      ],
      qMeasures: [measure('=Sum(Amount)'), { qDef: { qDef: '1', qLabel: 'One' } }],
    })
    const titles = [...arrayAt({ qDimensionInfo } as JsonObject, 'qDimensionInfo')]
    titles.push(...arrayAt({ qMeasureInfo } as JsonObject, 'qMeasureInfo'))
    expect(titles.map((info) => (info as JsonObject).qFallbackTitle)).toEqual([
      'City',
      'When',
      'Sum(Amount)',
      'One',
    ])
  })

  it('hands the page author’s own keys on', () => {
    const cube = layout({
      columnWidths: [10, 20],
      qDimensions: [{ qDef: { qFieldDefs: ['City'], cId: 'abc' } }],
    })
    expect(cube).toMatchObject({ columnWidths: [10, 20], qDimensionInfo: [{ cId: 'abc' }] })
  })

  it('moves the columns of pages by qColumnOrder', () => {
    const cube = layout({
      qDimensions: [dimension('City')],
      qMeasures: [measure('Sum(Amount)')],
      qColumnOrder: [1, 0],
      qInitialDataFetch: [{ qWidth: 2, qHeight: 1 }],
    })
    expect(cube.qDataPages).toMatchObject([{ qMatrix: [[{ qText: '5' }, { qText: 'Ulm' }]] }])
  })

  it('formats measures and leaves their numbers alone', () => {
    const cube = layout({
      qMeasures: [{ qDef: { qDef: 'Sum(Amount)', qNumFormat: { qType: 'F', qFmt: '0.00' } } }],
      qInitialDataFetch: [{ qWidth: 1, qHeight: 1 }],
    })
    expect(cube.qDataPages).toMatchObject([{ qMatrix: [[{ qText: '15.00', qNum: 15 }]] }])
  })

  it('puts attributes beside the values of dimensions and measures', () => {
    const qAttributeExpressions = [
      { qExpression: '=Avg(Amount)', id: 'colorByExpression' },
      { qExpression: "=If(Sum(Amount) > 4, 'red', 'blue')" },
      { qExpression: '' },
      { qExpression: '=Aggr(1)' },
    ]
    const cube = layout({
      qDimensions: [dimension('Year', {}, { qAttributeExpressions })],
      qMeasures: [
        { ...measure('Count(City)'), qAttributeExpressions: [{ qExpression: 'Max(Amount)' }] },
      ],
      qInitialDataFetch: [{ qWidth: 2, qHeight: 2 }],
    })
    const none = { qText: '-', qNum: 'NaN' }
    const ofYear = (qNum: number, colour: string) => ({
      qAttrExps: {
        qValues: [{ qText: String(qNum), qNum }, { qText: colour, qNum: 'NaN' }, none, none],
      },
    })
    const ofCount = (qNum: number) => ({ qAttrExps: { qValues: [{ qNum }] } })
    expect(cube.qDataPages).toMatchObject([
      {
        qMatrix: [
          [ofYear(5, 'red'), ofCount(5)],
          [ofYear(5, 'red'), ofCount(7)],
        ],
      },
    ])
    expect(cube.qDimensionInfo).toMatchObject([
      {
        qAttrExprInfo: [
          { id: 'colorByExpression', qFallbackTitle: 'Avg(Amount)', qMin: 5, qMax: 5 },
          { qMin: 'NaN' },
          { qFallbackTitle: '' },
          { qError: { qErrorCode: 7000 } },
        ],
      },
    ])
  })

  it('says why it cannot be drawn at all, and draws what can be', () => {
    const broken = measure('Sum({1} Amount)')
    const message = 'set analysis is not supported by the jotgate emulator'
    const alone = layout({ qDimensions: [dimension('City')], qMeasures: [broken] })
    expect(alone).toMatchObject({
      qError: { qErrorCode: 7005 },
      qCalcCondMsg: message,
      qMeasureInfo: [{ qError: { qErrorCode: 7000 } }],
    })
    const besides = layout({ qDimensions: [dimension('City')], qMeasures: [broken, measure('1')] })
    expect(besides).not.toHaveProperty('qError')
    expect(besides.qMeasureInfo).toMatchObject([{ qError: { qExtendedMessage: message } }, {}])
    const nowhere = layout({ qDimensions: [dimension('Town')], qMeasures: [measure('1')] })
    expect(nowhere).toMatchObject({ qCalcCondMsg: 'there is no field "Town"' })
    const unsorted = layout({
      qDimensions: [
        {
          qDef: {
            qFieldDefs: ['City'],
            qSortCriterias: [{ qSortByExpression: 1, qExpression: { qv: 'Aggr(1)' } }],
          },
        },
      ],
    })
    expect(unsorted).toMatchObject({
      qError: { qErrorCode: 7005 },
      qCalcCondMsg: expect.stringContaining('Aggr'),
    })
  })

  it.each([
    [{ qMode: 'P' }, 'a pivot table (qMode "P")'],
    [{ qMode: 'T' }, 'a tree (qMode "T")'],
    [{ qStateName: 'other' }, 'alternate state "other"'],
    [{ qPopulateMissing: true }, 'qPopulateMissing'],
  ])('says in the chart’s place what it does not compute: %j', (setting, what) => {
    const message = `${what} is not supported by the jotgate emulator`
    expect(layout({ qDimensions: [dimension('City')], ...setting })).toMatchObject({
      qError: { qErrorCode: 7005, qExtendedMessage: message },
      qCalcCondMsg: message,
      qSize: { qcy: 0 },
    })
  })

  it('is empty without columns', () => {
    expect(layout({ qInitialDataFetch: [{ qWidth: 5, qHeight: 5 }] })).toMatchObject({
      qSize: { qcx: 0, qcy: 0 },
      qDataPages: [{ qMatrix: [] }],
    })
  })
})

describe('a page', () => {
  it.each([
    [[{ qWidth: 101, qHeight: 100 }], 7009],
    [[{ qWidth: -1, qHeight: 1 }], 8],
    [[{ qTop: 0.5 }], 8],
    [['page'], 8],
  ])('%j is refused with code %d', (pages, engineCode) => {
    expect(() => readPages(pages)).toThrow(expect.objectContaining({ engineCode }))
  })
})
