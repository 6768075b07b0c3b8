import { type ChartLayout, rowsOf } from './chart-layout.ts'
import { elementById } from './element.ts'

/** Writes a number. */
export type NumberFormat = Pick<Intl.NumberFormat, 'format'>

export const dollars = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
})
export const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
export const anyNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/**
 * Writes the numbers of a chart into a table, for people who cannot see the chart.
 *
 * @param options.frameId the element that holds the table
 */
export function showNumbers(
  layout: ChartLayout,
  options: { frameId: string; caption: string; format: NumberFormat },
): void {
  const { qHyperCube: cube } = layout
  const table = document.createElement('table')
  table.createCaption().textContent = options.caption
  const head = table.createTHead().insertRow()
  head.append(
    headingCell(cube?.qDimensionInfo?.[0]?.qFallbackTitle ?? '', 'col'),
    headingCell(cube?.qMeasureInfo?.[0]?.qFallbackTitle ?? '', 'col', 'number'),
  )
  const body = table.createTBody()
  for (const [name, value] of rowsOf(layout)) {
    const row = body.insertRow()
    row.append(headingCell(name?.qText ?? '', 'row'))
    const cell = row.insertCell()
    cell.className = 'number'
    cell.textContent =
      typeof value?.qNum === 'number' ? options.format.format(value.qNum) : (value?.qText ?? '')
  }
  const frame = elementById(options.frameId, HTMLElement)
  frame.replaceChildren(table)
  // A long table scrolls in its frame, so the frame can be focused by keyboard.
  frame.tabIndex = 0
  frame.role = 'region'
  // The card around it may have the same name.
  frame.ariaLabel = `${options.caption}, as a table`
}

function headingCell(text: string, scope: string, className = ''): HTMLTableCellElement {
  const cell = document.createElement('th')
  cell.scope = scope
  cell.textContent = text
  cell.className = className
  return cell
}
