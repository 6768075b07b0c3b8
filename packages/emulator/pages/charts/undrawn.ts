import { isChartType } from './chart-types.ts'

/** Why a chart is not drawn, in words for its place. */
export interface Undrawn {
  readonly title: string
  readonly detail: string
}

const pivot = 'A pivot table needs data by rows and columns (qMode P), which it does not compute.'
const scatter =
  'A scatter plot needs binned data (GetHyperCubeBinnedData), which it does not compute.'
const map = 'A map needs layers and places of Qlik’s own servers, which it does not have.'

/** The charts that are most often asked for, by the names that nebula.js and Qlik Sense have for them. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['pivot-table', pivot],
  ['sn-pivot-table', pivot],
  ['scatterplot', scatter],
  ['scatter-plot', scatter],
  ['sn-scatter-plot', scatter],
  ['map', map],
  ['sn-map', map],
])

/** Says why a chart of this type is not drawn; undefined when it is drawn. */
export function findUndrawn(type: string): Undrawn | undefined {
  if (isChartType(type)) return undefined
  const reason = reasons.get(type)
  const has = 'The emulator has bar, line and pie charts, KPIs and tables.'
  return {
    title: `${type || 'An object without a type'} is not in the emulator`,
    detail: reason === undefined ? has : `${has} ${reason}`,
  }
}

interface Column {
  readonly qFallbackTitle?: string
  readonly qError?: { readonly qErrorCode: number; readonly qContext?: string }
}

/** The code of a column whose condition is not met: charts leave it out, and nothing is wrong. */
const conditionNotMet = 7005

/**
 * Says which columns of a chart are not computed, and why; undefined when all are. nebula.js draws no chart with such
 * a column, and says "Invalid measure" without a reason. Where the whole cube is not computed it shows the reason.
 */
export function findUncomputed(layout: Readonly<Record<string, unknown>>): Undrawn | undefined {
  const cube = layout.qHyperCube as
    | { qError?: object; qDimensionInfo?: readonly Column[]; qMeasureInfo?: readonly Column[] }
    | undefined
  if (cube === undefined || cube.qError !== undefined) return undefined
  const reasons = [...(cube.qDimensionInfo ?? []), ...(cube.qMeasureInfo ?? [])].flatMap(
    ({ qFallbackTitle, qError }) =>
      qError === undefined || qError.qErrorCode === conditionNotMet
        ? []
        : [`${qFallbackTitle}: ${qError.qContext ?? `error ${qError.qErrorCode}`}.`],
  )
  return reasons.length === 0
    ? undefined
    : { title: 'A part of this chart is not computed', detail: reasons.join(' ') }
}
