import { embed } from '@nebula.js/stardust'
import { chartTypes } from './chart-types.ts'
import { darkTheme } from './dark-theme.ts'
import { fillProperties } from './default-properties.ts'
import { type EngineDoc, type EngineObject, textOf } from './engine-objects.ts'
import { messageOf, showNotice } from './notice.ts'
import { findUncomputed, findUndrawn, type Undrawn } from './undrawn.ts'

type Nebula = ReturnType<typeof embed>

/** How charts are drawn. */
export interface DrawOptions {
  readonly theme?: 'light' | 'dark'
  /** False: clicks do not select. */
  readonly selects?: boolean
  /** False: charts are pictures. */
  readonly active?: boolean
}

/** Draws charts of an app; one for each page or component. */
export interface Drawer {
  readonly nebula: Nebula
  /** Draws a stored chart. */
  chart(element: HTMLElement, id: string): Promise<Drawn>
  /** Draws a chart that the page describes. */
  newChart(element: HTMLElement, chart: NewChart): Promise<Drawn>
  sheet(element: HTMLElement, id: string): Promise<{ title: string; destroy(): void }>
}

/** A chart, or the notice in its place, which has no model. */
interface Drawn {
  readonly model?: unknown
  destroy(): void
}

type NewChart = Omit<Parameters<Nebula['render']>[0], 'element' | 'type'> & {
  readonly type: string
}

interface Cell {
  readonly name: string
  readonly col: number
  readonly row: number
  readonly colspan: number
  readonly rowspan: number
}

function readCells(layout: Readonly<Record<string, unknown>>): Cell[] {
  const cells = Array.isArray(layout.cells) ? layout.cells : []
  return cells.map((cell: Record<string, unknown>) => ({
    name: textOf(cell.name),
    col: Number(cell.col),
    row: Number(cell.row),
    colspan: Number(cell.colspan),
    rowspan: Number(cell.rowspan),
  }))
}

async function findObject(doc: EngineDoc, id: string): Promise<EngineObject> {
  try {
    return await doc.getObject(id)
  } catch (error) {
    throw new Error(`The app has no object ${id}: ${messageOf(error)}`, { cause: error })
  }
}

/** Writes the reason in the place of a chart. */
function explain(element: HTMLElement, { title, detail }: Undrawn): Drawn {
  showNotice(element, title, detail)
  return { destroy: () => element.replaceChildren() }
}

/** Makes what draws the charts of an app with nebula.js. */
export function createDrawer(doc: EngineDoc, options: DrawOptions = {}): Drawer {
  const { theme = 'light', selects = true, active = true } = options
  // nebula.js has types of its own for the app; both clients give what it needs.
  const nebula = embed(doc as unknown as Parameters<typeof embed>[0], {
    context: {
      theme: theme === 'dark' ? darkTheme.id : theme,
      constraints: { select: !selects, active: !active },
    },
    themes: [darkTheme],
    types: chartTypes,
  })

  const drawer: Drawer = {
    nebula,
    async chart(element, id) {
      const object = await findObject(doc, id)
      const layout = await object.getLayout()
      const type = textOf(layout.visualization) || object.genericType
      const undrawn = findUndrawn(type) ?? findUncomputed(layout)
      if (undrawn !== undefined)
        return explain(element, { ...undrawn, detail: `${undrawn.detail} The object is ${id}.` })
      await fillProperties(object, layout, await nebula.generateProperties({ type }))
      return await nebula.render({ element, id })
    },
    async newChart(element, chart) {
      const undrawn = findUndrawn(chart.type)
      if (undrawn !== undefined) return explain(element, undrawn)
      const drawn = await nebula.render({ element, ...chart })
      const { model } = drawn as { model: EngineObject }
      const uncomputed = findUncomputed(await model.getLayout())
      if (uncomputed === undefined) return drawn
      drawn.destroy()
      return explain(element, uncomputed)
    },
    async sheet(element, id) {
      const layout = await (await findObject(doc, id)).getLayout()
      const cells = readCells(layout)
      const grid = document.createElement('div')
      grid.style.cssText = `display:grid;gap:8px;width:100%;height:100%;grid-template-columns:repeat(${Number(layout.columns) || 24},minmax(0,1fr));grid-template-rows:repeat(${Number(layout.rows) || 12},minmax(0,1fr))`
      element.replaceChildren(grid)
      const drawn = await Promise.all(
        cells.map(async ({ name, col, row, colspan, rowspan }) => {
          const place = document.createElement('div')
          place.style.cssText = `min-width:0;min-height:0;position:relative;grid-column:${col + 1}/span ${colspan};grid-row:${row + 1}/span ${rowspan}`
          grid.append(place)
          try {
            return await drawer.chart(place, name)
          } catch (error) {
            showNotice(place, 'The object cannot be drawn', messageOf(error))
            return undefined
          }
        }),
      )
      const { qMeta } = layout as { qMeta?: { title?: unknown } }
      return {
        title: textOf(qMeta?.title) || textOf(layout.title),
        destroy() {
          for (const chart of drawn) chart?.destroy()
          grid.remove()
        },
      }
    },
  }
  return drawer
}
