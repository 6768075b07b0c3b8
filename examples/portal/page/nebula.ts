import { embed } from '@nebula.js/stardust'
import type { ChartLayout } from './chart-layout.ts'
import { themes } from './chart-themes.ts'
import { elementById } from './element.ts'
import type { EngineApp } from './engine-app.ts'

/** A chart that stands on the page. */
export interface DrawnChart {
  getLayout(): Promise<ChartLayout>
  /** Hears when the numbers of the chart change. */
  onChange(listener: () => void): void
}

/** nebula.js, ready to draw what an app holds. */
export interface Nebula {
  /** Draws a chart into the element of this ID. */
  draw(elementId: string, chart: object): Promise<DrawnChart>
  /** Shows what is selected, with ways back, into the element of this ID. */
  showSelections(elementId: string): Promise<void>
  /** Shows the values of a field to choose from. */
  showListBox(elementId: string, field: string): Promise<void>
}

/** Makes nebula.js draw from an app, in the page's colours. */
export function createNebula(app: EngineApp): Nebula {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const themeNow = () => ({ theme: dark.matches ? 'portal-dark' : 'portal-light' })
  const doc = app as unknown as Parameters<typeof embed>[0]
  const nebula = embed(doc, {
    context: { ...themeNow(), keyboardNavigation: true },
    themes,
    // Each chart is a few megabytes: they come when they are drawn.
    types: [
      { name: 'kpi', load: async () => (await import('@nebula.js/sn-kpi')).default },
      { name: 'bar-chart', load: async () => (await import('@nebula.js/sn-bar-chart')).default },
      { name: 'line-chart', load: async () => (await import('@nebula.js/sn-line-chart')).default },
      { name: 'pie-chart', load: async () => (await import('@nebula.js/sn-pie-chart')).default },
      { name: 'table', load: async () => (await import('@nebula.js/sn-table')).default },
    ],
  })
  dark.addEventListener('change', () => void nebula.context(themeNow()))

  const find = (id: string) => elementById(id, HTMLElement)
  return {
    async draw(elementId, chart) {
      const element = find(elementId)
      const drawn = await nebula.render({ element, ...chart })
      element.classList.remove('is-loading')
      return toDrawnChart(drawn)
    },
    async showSelections(elementId) {
      const place = find(elementId)
      ;(await nebula.selections()).mount(place)
      await followSelections(app, (count) =>
        place.parentElement?.classList.toggle('is-empty', count === 0),
      )
    },
    async showListBox(elementId, field) {
      const element = find(elementId)
      ;(await nebula.field(field)).mount(element, { title: field })
      element.classList.remove('is-loading')
      openByKeyboard(element, field)
    },
  }
}

/** Tells how many fields have a selection, now and with each change. */
async function followSelections(app: EngineApp, tell: (count: number) => void): Promise<void> {
  const object = await app.createSessionObject({
    qInfo: { qType: 'portal-selections' },
    qSelectionObjectDef: {},
  })
  const follow = async () => {
    const { qSelectionObject } = await object.getLayout()
    tell(qSelectionObject?.qSelections?.length ?? 0)
  }
  object.on('changed', () => void follow().catch(() => {}))
  await follow()
}

/**
 * With keyboard navigation on, nebula.js gives charts a tab stop, but not a list box. Enter leads into
 * the list, where arrows, space and Enter are nebula.js's own; Escape leads out.
 */
function openByKeyboard(element: HTMLElement, field: string): void {
  element.tabIndex = 0
  element.role = 'group'
  element.ariaLabel = field
  element.addEventListener('keydown', (event) => {
    if (event.target === element && event.key === 'Enter')
      element.querySelector<HTMLElement>('[role="row"]')?.focus()
    // The list handles it first: it takes back what is not confirmed.
    else if (event.key === 'Escape') setTimeout(() => element.focus())
  })
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
