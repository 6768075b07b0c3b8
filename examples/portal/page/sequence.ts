/** Who takes part in a login. */
export type Party = 'browser' | 'portal' | 'gateway' | 'qlik'

/** Something that happened, as the portal and this page have it. */
export interface LoginRecord {
  /** Milliseconds since 1970, by the clock of who wrote it. */
  at: number
  from: Party
  /** The same as `from` where somebody did something by themselves. */
  to: Party
  what: string
  sent: string
  source: string
}

export const partyNames: Readonly<Record<Party, string>> = {
  browser: 'Browser',
  portal: 'Portal',
  gateway: 'Gateway',
  qlik: 'Qlik',
}

/**
 * Draws records as a sequence: a column for each party, an arrow for what went from one to another, a point for what
 * somebody did. It is a picture; the table beside it says the same in words.
 *
 * @param records in their order
 * @param parties in the order of the columns
 */
export function drawSequence(
  frame: HTMLElement,
  records: readonly LoginRecord[],
  parties: readonly Party[],
): void {
  frame.style.setProperty('--parties', String(parties.length))
  const head = element('div', 'sequence-head')
  head.append(...parties.map((party) => element('span', '', partyNames[party])))
  const lines = parties.map((_, column) => {
    const line = element('i', 'sequence-line')
    line.style.setProperty('--column', String(column))
    return line
  })
  const rows = records.map((record) => toRow(record, parties))
  frame.replaceChildren(head, ...lines, ...rows)
}

function toRow(record: LoginRecord, parties: readonly Party[]): HTMLElement {
  const [from, to] = [parties.indexOf(record.from), parties.indexOf(record.to)]
  const isPoint = from === to
  const row = element('div', `sequence-row ${isPoint ? 'is-point' : 'is-arrow'}`)
  // What stands at the last column has its words on the other side.
  if (isPoint && to >= parties.length / 2) row.classList.add('is-left')
  if (to < from) row.classList.add('is-back')
  row.style.setProperty('--from', String(Math.min(from, to)))
  row.style.setProperty('--to', String(Math.max(from, to)))
  const words = element('p', 'sequence-words')
  words.append(
    element('b', '', record.what),
    ' ',
    element('time', '', sinceStart(record.at)),
    element('span', '', record.sent),
  )
  row.append(words, element('i', 'sequence-mark'))
  return row
}

/** Since the page was opened; what was earlier has its time of day. */
export function sinceStart(at: number): string {
  const ms = Math.round(at - performance.timeOrigin)
  if (ms >= -1) return `+${Math.max(0, ms)} ms`
  return `earlier, at ${new Date(at).toLocaleTimeString('en-GB')}`
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.textContent = text
  return made
}
