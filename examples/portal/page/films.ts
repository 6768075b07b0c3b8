/** What is asked about the films, in Qlik's own terms. */

/** A null stands for "not known", which is nothing to compare with others. */
export function toDimension(field: string) {
  return { qDef: { qFieldDefs: [field] }, qNullSuppression: true }
}

/** A column of a table whose cells all stand on one side; nebula.js aligns each by what is in it otherwise. */
export function toColumn<Column extends { qDef: object }>(column: Column, align: 'left' | 'right') {
  return { ...column, qDef: { ...column.qDef, textAlign: { auto: false, align } } }
}

/** A measure with its name and how its numbers are written. */
export function toMeasure(label: string, expression: string, format: string) {
  const qNumFormat = { qType: 'F', qnDec: 1, qUseThou: 0, qFmt: format, qDec: '.', qThou: ',' }
  // The first colour of the theme's palette, so that the number follows light and dark.
  const conditionalColoring = { useConditionalColoring: false, paletteSingleColor: { index: 1 } }
  return { qDef: { qDef: expression, qLabel: label, qNumFormat, conditionalColoring } }
}

export const grossMeasure = toMeasure('Worldwide gross', '=Sum([Worldwide Gross])', '$#,##0')
export const billionsMeasure = toMeasure(
  'Worldwide gross',
  '=Sum([Worldwide Gross]) / 1000000000',
  '$#,##0.0 bn',
)
export const filmsMeasure = toMeasure('Films', '=Count([Title])', '#,##0')
export const ratingMeasure = toMeasure('IMDB rating', '=Avg([IMDB Rating])', '0.0')

/** Worldwide gross by genre, for those who ask the engine without a chart. */
export function toCube(field: string, expression: string, rows: number) {
  return {
    qInfo: { qType: 'portal-cube' },
    qHyperCubeDef: {
      qDimensions: [toDimension(field)],
      qMeasures: [
        { ...toMeasure(expression, `=${expression}`, '#,##0.##'), qSortBy: { qSortByNumeric: -1 } },
      ],
      qInterColumnSortOrder: [1, 0],
      qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: rows }],
    },
  }
}
