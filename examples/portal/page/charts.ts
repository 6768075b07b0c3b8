import { embed } from '@nebula.js/stardust'
import { type ChartLayout, rowsOf } from './chart-layout.ts'
import { themes } from './chart-themes.ts'
import { elementById } from './element.ts'
import type { EngineApp } from './engine-app.ts'

/** A chart that stands on the page. */
export interface DrawnChart {
  getLayout(): Promise<ChartLayout>
  /** Hears when the numbers of the chart change. */
  onChange(listener: () => void): void
}

const kpis = [
  { id: 'films', measure: toMeasure('Films', '=Count(distinct Title)', '#,##0') },
  {
    id: 'gross',
    measure: toMeasure('Worldwide gross', '=Sum([Worldwide Gross]) / 1000000000', '$#,##0.0 bn'),
  },
  { id: 'rating', measure: toMeasure('Average IMDB rating', '=Avg([IMDB Rating])', '0.0') },
]
/** A null stands for "no genre is known", which is no genre to compare with others. */
const genre = { qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }
const grossByGenre = toMeasure('Worldwide gross', '=Sum([Worldwide Gross])', '$#,##0')

function toMeasure(label: string, expression: string, format: string) {
  const qNumFormat = { qType: 'F', qnDec: 1, qUseThou: 0, qFmt: format, qDec: '.', qThou: ',' }
  // The first colour of the theme's palette, so that the number follows light and dark.
  const conditionalColoring = { useConditionalColoring: false, paletteSingleColor: { index: 1 } }
  return { qDef: { qDef: expression, qLabel: label, qNumFormat, conditionalColoring } }
}

/** Draws the KPIs and the bar chart with nebula.js, and gives the bar chart. */
export async function drawCharts(app: EngineApp): Promise<DrawnChart> {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const themeNow = () => ({ theme: dark.matches ? 'portal-dark' : 'portal-light' })
  const nebula = embed(app as Parameters<typeof embed>[0], {
    context: { ...themeNow(), constraints: { select: true } },
    themes,
    // Each chart is a few megabytes: they come when they are drawn.
    types: [
      { name: 'kpi', load: async () => (await import('@nebula.js/sn-kpi')).default },
      { name: 'bar-chart', load: async () => (await import('@nebula.js/sn-bar-chart')).default },
    ],
  })
  dark.addEventListener('change', () => void nebula.context(themeNow()))

  const draw = async (id: string, config: object) => {
    const element = elementById(id, HTMLElement)
    const chart = await nebula.render({ element, ...config })
    element.classList.remove('is-loading')
    return toDrawnChart(chart)
  }
  const [chart] = await Promise.all([
    draw('chart', { type: 'bar-chart', fields: [genre, grossByGenre] }),
    ...kpis.map(async ({ id, measure }) => {
      const kpi = await draw(`kpi-${id}`, { type: 'kpi', fields: [measure] })
      const number = rowsOf(await kpi.getLayout())[0]?.[0]?.qText ?? ''
      const words = elementById(`kpi-${id}-words`, HTMLElement)
      words.textContent = `${measure.qDef.qLabel}: ${number}`
    }),
  ])
  return chart
}

interface ChartModel {
  getLayout(): Promise<ChartLayout>
  on(event: 'changed', listener: () => void): void
}

function toDrawnChart(chart: unknown): DrawnChart {
  const { model } = chart as { model: ChartModel }
  return {
    getLayout: () => model.getLayout(),
    onChange: (listener) => model.on('changed', listener),
  }
}
