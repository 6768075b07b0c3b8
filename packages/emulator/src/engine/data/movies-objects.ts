import type { JsonObject } from '../json.ts'

/**
 * The sheet of the app Movies and what stands on it. The property trees are complete, as nebula.js
 * makes them for a new chart: charts that are opened by ID get no defaults, and a sparse tree would
 * be drawn as a blank.
 */
export const moviesObjects: readonly JsonObject[] = [
  { qProperty: appProperties(), qChildren: [] },
  {
    qProperty: {
      qInfo: { qId: 'movies-overview', qType: 'sheet' },
      qMetaDef: { title: 'Overview', description: 'Films by genre' },
      qChildListDef: { qData: { title: '/title', visualization: '/visualization' } },
      rank: 0,
      columns: 24,
      rows: 12,
      cells: [
        { name: 'movies-by-genre', type: 'bar-chart', col: 0, row: 0, colspan: 16, rowspan: 12 },
        { name: 'movies-gross', type: 'kpi', col: 16, row: 0, colspan: 8, rowspan: 12 },
      ],
    },
    qChildren: [
      { qProperty: barChart(), qChildren: [] },
      { qProperty: kpi(), qChildren: [] },
    ],
  },
]

/** What Qlik Sense keeps of an app's look; its own sample pages read the theme of it. */
function appProperties(): JsonObject {
  return {
    qInfo: { qId: 'movies-appprops', qType: 'appprops' },
    qMetaDef: {},
    theme: 'horizon',
    rtl: false,
    sheetTitleBgColor: '',
    sheetTitleGradientColor: '',
    sheetTitleColor: '',
    sheetLogoPosition: '',
  }
}

function barChart(): JsonObject {
  return {
    qInfo: { qId: 'movies-by-genre', qType: 'bar-chart' },
    qMetaDef: { title: 'US gross by genre' },
    visualization: 'bar-chart',
    version: '2.14.0',
    showTitles: true,
    title: 'US gross by genre',
    subtitle: '',
    footnote: '',
    showDetails: true,
    showDisclaimer: true,
    barGrouping: { grouping: 'grouped' },
    orientation: 'vertical',
    scrollbar: 'miniChart',
    scrollStartPos: 0,
    components: [],
    preferContinuousAxis: true,
    showMiniChartForContinuousAxis: true,
    tooltip: { auto: true, hideBasic: false, data: {} },
    gridLine: { auto: true, spacing: 2 },
    legend: { dock: 'auto', show: true, showTitle: true },
    dataPoint: { showLabels: false, showSegmentLabels: false, showTotalLabels: true },
    refLine: { refLines: [], dimRefLines: [] },
    color: {
      auto: true,
      autoMinMax: true,
      dimensionScheme: '12',
      expressionIsColor: true,
      expressionLabel: '',
      formatting: { numFormatFromTemplate: true },
      measureScheme: 'sg',
      mode: 'primary',
      paletteColor: { index: 6 },
      persistent: false,
      reverseScheme: false,
      useBaseColors: 'off',
      useDimColVal: true,
      useMeasureGradient: true,
    },
    dimensionAxis: {
      axisDisplayMode: 'auto',
      continuousAuto: true,
      dock: 'near',
      label: 'auto',
      maxVisibleItems: 10,
      show: 'all',
    },
    measureAxis: {
      autoMinMax: true,
      dock: 'near',
      max: 10,
      min: 0,
      minMax: 'min',
      show: 'all',
      spacing: 1,
    },
    qHyperCubeDef: {
      qDimensions: [
        {
          qDef: {
            qFieldDefs: ['Major Genre'],
            cId: 'genre',
            qSortCriterias: [{ qSortByLoadOrder: 1, qSortByNumeric: 1, qSortByAscii: 1 }],
          },
          qOtherTotalSpec: {},
          qAttributeExpressions: [],
          qAttributeDimensions: [],
        },
      ],
      qMeasures: [grossMeasure()],
      qInitialDataFetch: [{ qWidth: 17, qHeight: 500 }],
      qSuppressMissing: true,
      qSuppressZero: false,
      qInterColumnSortOrder: [1, 0],
      qColumnOrder: [],
      qExpansionState: [],
    },
  }
}

function kpi(): JsonObject {
  return {
    qInfo: { qId: 'movies-gross', qType: 'kpi' },
    qMetaDef: { title: 'US gross' },
    visualization: 'kpi',
    version: '1.0.0',
    showTitles: false,
    title: '',
    subtitle: '',
    footnote: '',
    showDetails: true,
    showMeasureTitle: true,
    showSecondMeasureTitle: true,
    textAlign: 'center',
    layoutBehavior: 'relative',
    disableNavMenu: true,
    fontSize: 'M',
    useLink: false,
    sheetLink: '',
    openUrlInNewTab: true,
    components: [],
    qHyperCubeDef: {
      qDimensions: [],
      qMeasures: [grossMeasure()],
      qSuppressZero: false,
      qSuppressMissing: true,
      qInitialDataFetch: [{ qWidth: 500, qHeight: 10 }],
      qInterColumnSortOrder: [0],
      qColumnOrder: [],
      qExpansionState: [],
    },
  }
}

function grossMeasure(): JsonObject {
  return {
    qDef: { qDef: '=Sum([US Gross])', qLabel: 'US gross', cId: 'gross' },
    qSortBy: { qSortByLoadOrder: 1, qSortByNumeric: -1 },
    qAttributeDimensions: [],
    qAttributeExpressions: [],
  }
}
