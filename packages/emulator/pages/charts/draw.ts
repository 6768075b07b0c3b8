import { embed } from '@nebula.js/stardust'
import { chartTypes } from './chart-types.ts'
import { type EngineDoc, type EngineObject, textOf } from './engine-objects.ts'
import { messageOf, showNotice } from './notice.ts'
import { findUndrawn } from './undrawn.ts'

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
  chart(element: HTMLElement, id: string): Promise<{ destroy(): void }>
  sheet(element: HTMLElement, id: string): Promise<{ title: string; destroy(): void }>
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

/** Makes what draws the charts of an app with nebula.js. */
export function createDrawer(doc: EngineDoc, options: DrawOptions = {}): Drawer {
  const { theme = 'light', selects = true, active = true } = options
  // nebula.js has types of its own for the app; both clients give what it needs.
  const nebula = embed(doc as unknown as Parameters<typeof embed>[0], {
    context: { theme, constraints: { select: !selects, active: !active } },
    types: chartTypes,
  })

  const drawer: Drawer = {
    nebula,
    async chart(element, id) {
      const object = await findObject(doc, id)
      const layout = await object.getLayout()
      const type = textOf(layout.visualization) || object.genericType
      const undrawn = findUndrawn(type)
      if (undrawn !== undefined) {
        showNotice(element, undrawn.title, `${undrawn.detail} The object is ${id}.`)
        return { destroy: () => element.replaceChildren() }
      }
      return await nebula.render({ element, id })
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
