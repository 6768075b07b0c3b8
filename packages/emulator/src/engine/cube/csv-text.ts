import { engineError, errorCodes } from '../engine-error.ts'
import { engineLimits } from '../limits.ts'
import type { Steps } from '../slices.ts'
import type { Cube } from './cube.ts'
import type { FieldStates } from './field-states.ts'
import { columnOrder, toDataPage } from './hypercube.ts'

/** Rows that are written in one step. */
const rowsAtOnce = 100

/** Writes a whole cube as lines of text: the titles, then each row as charts show it. */
export function* toCsvText(cube: Cube, states: FieldStates, separator: string): Steps<string> {
  const columns = columnOrder(cube)
  const { value: most } = engineLimits.answerCells
  if (cube.order.length * columns.length > most)
    throw engineError(errorCodes.pagesTooLarge, `more than ${most} cells in one export`)
  const quote = (text: string) =>
    /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text
  const lineOf = (texts: readonly string[]) => `${texts.map(quote).join(separator)}\r\n`
  const all = [...cube.dimensions, ...cube.measures]
  let text = lineOf(columns.map((column) => all[column]?.title ?? ''))
  for (let top = 0; top < cube.order.length; top += rowsAtOnce) {
    yield
    const page = { left: 0, top, width: columns.length, height: rowsAtOnce }
    const { qMatrix } = toDataPage(cube, page, states) as { qMatrix: { qText?: string }[][] }
    for (const row of qMatrix) text += lineOf(row.map(({ qText = '' }) => qText))
  }
  return text
}
