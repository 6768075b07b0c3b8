import { rowsOf } from './chart-layout.ts'
import { elementById } from './element.ts'
import type { EngineApp } from './engine-app.ts'
import {
  billionsMeasure,
  filmsMeasure,
  grossMeasure,
  ratingMeasure,
  toColumn,
  toDimension,
  toMeasure,
} from './films.ts'
import { createNebula, type DrawnChart } from './nebula.ts'
import { dollars, type NumberFormat, showNumbers, wholeNumber } from './number-table.ts'

const kpis = [
  { id: 'films', measure: toMeasure('Films', '=Count(distinct Title)', '#,##0') },
  { id: 'gross', measure: billionsMeasure },
  { id: 'rating', measure: toMeasure('Average IMDB rating', '=Avg([IMDB Rating])', '0.0') },
]

/** The chart counts in billions, its table in dollars. */
const inDollars = { format: (billions: number) => dollars.format(billions * 1e9) }

/** Draws everything that the dashboard shows; what is selected in one part, all others follow. */
export async function drawDashboard(app: EngineApp): Promise<void> {
  const nebula = createNebula(app)
  const [bar, line, pie] = await Promise.all([
    nebula.draw('chart', {
      type: 'bar-chart',
      fields: [toDimension('Major Genre'), billionsMeasure],
    }),
    nebula.draw('line', {
      type: 'line-chart',
      fields: [toDimension('IMDB Rating'), filmsMeasure],
    }),
    nebula.draw('pie', { type: 'pie-chart', fields: [toDimension('MPAA Rating'), filmsMeasure] }),
    nebula.draw('table', {
      type: 'table',
      fields: [
        toColumn({ qDef: { qFieldDefs: ['Title'] } }, 'left'),
        'Distributor',
        'Major Genre',
        toColumn(grossMeasure, 'right'),
        toColumn(ratingMeasure, 'right'),
      ],
    }),
    nebula.showSelections('selections'),
    nebula.showListBox('list-box', 'Creative Type'),
  ])
  await Promise.all([
    keepNumbers(bar, 'numbers-frame', 'US dollars, the highest first', inDollars),
    keepNumbers(line, 'line-frame', 'Films by IMDB rating', wholeNumber),
    keepNumbers(pie, 'pie-frame', 'Films by MPAA rating', wholeNumber),
    ...kpis.map(async ({ id, measure }) => {
      const kpi = await nebula.draw(`kpi-${id}`, { type: 'kpi', fields: [measure] })
      await keepShowing(kpi, async () => {
        const number = rowsOf(await kpi.getLayout())[0]?.[0]?.qText ?? ''
        const words = elementById(`kpi-${id}-words`, HTMLElement)
        words.textContent = `${measure.qDef.qLabel}: ${number}`
      })
    }),
  ])
}

/** Writes the numbers of a chart beside it, and again when they change. */
export function keepNumbers(
  chart: DrawnChart,
  frameId: string,
  caption: string,
  format: NumberFormat,
): Promise<void> {
  return keepShowing(chart, async () =>
    showNumbers(await chart.getLayout(), { frameId, caption, format }),
  )
}

async function keepShowing(chart: DrawnChart, show: () => Promise<void>): Promise<void> {
  // A change that comes while the layout is under way is followed by one of its own.
  chart.onChange(() => void show().catch(() => {}))
  await show()
}
