import { type LoginRecord, partyNames, sinceStart } from './sequence.ts'

const headings = ['When', 'From', 'To', 'What', 'What went with it', 'In the record of']

/** Writes records into a table, for people who cannot see the picture of them. */
export function showSequenceTable(frame: HTMLElement, records: readonly LoginRecord[]): void {
  const table = document.createElement('table')
  table.createCaption().textContent =
    'The login in its order, in milliseconds since this page was opened'
  const head = table.createTHead().insertRow()
  head.append(...headings.map((text) => heading(text, 'col')))
  const body = table.createTBody()
  for (const { at, from, to, what, sent, source } of records) {
    const row = body.insertRow()
    row.append(heading(sinceStart(at), 'row'))
    const whom = to === from ? 'itself' : partyNames[to]
    for (const text of [partyNames[from], whom, what, sent, source])
      row.insertCell().textContent = text
  }
  frame.replaceChildren(table)
  // It scrolls in its frame, so the frame can be focused by keyboard.
  frame.tabIndex = 0
  frame.role = 'region'
  frame.ariaLabel = 'What happened, as a table'
}

function heading(text: string, scope: string): HTMLTableCellElement {
  const cell = document.createElement('th')
  cell.scope = scope
  cell.textContent = text
  return cell
}
