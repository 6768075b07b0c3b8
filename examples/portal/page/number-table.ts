import { type ChartLayout, rowsOf } from './chart-layout.ts'
import { elementById } from './element.ts'

const dollars = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
})

/** Writes the numbers that the engine gave the chart into a table, for who cannot see bars. */
export function showNumbers(layout: ChartLayout, caption: string): void {
  const { qHyperCube: cube } = layout
  const table = document.createElement('table')
  table.createCaption().textContent = caption
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
      typeof value?.qNum === 'number' ? dollars.format(value.qNum) : (value?.qText ?? '')
  }
  elementById('numbers-frame', HTMLElement).replaceChildren(table)
}

function headingCell(text: string, scope: string, className = ''): HTMLTableCellElement {
  const cell = document.createElement('th')
  cell.scope = scope
  cell.textContent = text
  cell.className = className
  return cell
}
