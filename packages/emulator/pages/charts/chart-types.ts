import type { stardust } from '@nebula.js/stardust'

type Load = () => Promise<{ readonly default: stardust.Visualization }>

/** Each chart is a few megabytes: they come when one is drawn. */
const loaders: readonly { readonly names: readonly string[]; readonly load: Load }[] = [
  {
    names: ['bar-chart', 'barchart', 'sn-bar-chart'],
    load: () => import('@nebula.js/sn-bar-chart'),
  },
  {
    names: ['line-chart', 'linechart', 'sn-line-chart'],
    load: () => import('@nebula.js/sn-line-chart'),
  },
  {
    names: ['pie-chart', 'piechart', 'sn-pie-chart'],
    load: () => import('@nebula.js/sn-pie-chart'),
  },
  { names: ['kpi', 'sn-kpi'], load: () => import('@nebula.js/sn-kpi') },
  { names: ['table', 'sn-table'], load: () => import('@nebula.js/sn-table') },
]

/** The charts of nebula.js that are built in, by the names that nebula.js and Qlik Sense have for them. */
export const chartTypes = loaders.flatMap(({ names, load }) =>
  names.map((name) => ({ name, load: async () => (await load()).default })),
)

/** Whether a chart of this type can be drawn. */
export function isChartType(name: string): boolean {
  return chartTypes.some((type) => type.name === name)
}
