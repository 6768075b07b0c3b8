import { isChartType } from './chart-types.ts'

/** Why a chart is not drawn, in words for its place. */
interface Undrawn {
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

/** Says why a chart of this type is not drawn; undefined when it is. */
export function findUndrawn(type: string): Undrawn | undefined {
  if (isChartType(type)) return undefined
  const reason = reasons.get(type)
  const has = 'The emulator has bar, line and pie charts, KPIs and tables.'
  return {
    title: `${type || 'An object without a type'} is not in the emulator`,
    detail: reason === undefined ? has : `${has} ${reason}`,
  }
}
