import type { JsonObject } from '../json.ts'

/** The part of the property tree that nebula.js sends for a bar chart which the engine reads. */
export function barChartProperties(field: string, measure: string): JsonObject {
  return {
    qInfo: { qType: 'bar-chart' },
    visualization: 'bar-chart',
    version: '2.14.0',
    title: '',
    barGrouping: { grouping: 'grouped' },
    qHyperCubeDef: {
      qDimensions: [
        {
          qDef: {
            qFieldDefs: [field],
            cId: 'kp1ech',
            qSortCriterias: [{ qSortByLoadOrder: 1, qSortByNumeric: 1, qSortByAscii: 1 }],
          },
          qOtherTotalSpec: {},
          qAttributeExpressions: [],
          qAttributeDimensions: [],
        },
      ],
      qMeasures: [
        {
          qDef: { qDef: measure, cId: 'kmli8o' },
          qSortBy: { qSortByLoadOrder: 1, qSortByNumeric: -1 },
          qAttributeDimensions: [],
          qAttributeExpressions: [],
        },
      ],
      qInitialDataFetch: [{ qWidth: 17, qHeight: 500 }],
      qSuppressMissing: true,
      qInterColumnSortOrder: [1, 0],
      qColumnOrder: [],
      qExpansionState: [],
    },
  }
}
