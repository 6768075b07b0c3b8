import type { HarFinding, HarReport, HarStep } from '../../doctor/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import { createLayout, hasColour, type Layout } from '../layout.ts'
import type { Terminal } from '../terminal.ts'

const lanes = ['page', 'host', 'gateway', 'qlik'] as const
type Lane = (typeof lanes)[number]

const laneNames: Readonly<Record<Lane, string>> = {
  page: 'page',
  host: 'host',
  gateway: 'gateway',
  qlik: 'Qlik',
}

const laneWords: Readonly<Record<Lane, string>> = {
  page: 'page',
  host: 'host application',
  gateway: 'gateway',
  qlik: 'Qlik',
}

/** Where a file says nothing of its width, as to a pipe. */
const plainColumns = 100
/** A login has a dozen; a page that was left open for hours has many more. */
const mostRows = 80
const leastColumns = 60
const mostColumns = 120

/** A HAR’s report for people: who takes part, the login as a sequence, what is wrong. */
export function harInWords(report: HarReport, terminal: Terminal): string {
  const told = terminal.columns.stdout
  const columns = Math.min(Math.max(told || plainColumns, leastColumns), mostColumns)
  const layout = createLayout({ colour: hasColour(terminal, 'stdout'), columns })
  const { findings } = report
  const parts = [
    partiesInWords(report, layout),
    sequence(report, layout, columns),
    ...findings.map((finding, index) => findingInWords(finding, index, findings, layout)),
    summary(report, layout),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const shown = (text: string) => escapeForTerminal(text)

function partiesInWords({ parties, recordedBy, requests }: HarReport, layout: Layout): string {
  const met = lanes.filter((lane) => parties[lane] !== undefined)
  const rows = met.map((lane) => {
    const isPage = lane === 'host' && parties.host === parties.page
    return [laneWords[lane], isPage ? 'the page’s own origin' : shown(parties[lane] ?? '')]
  })
  if (parties.gateway !== undefined && parties.qlik === undefined)
    rows.push([laneWords.qlik, 'behind the gateway: the browser does not see it'])
  const source = `${requests} requests${recordedBy === '' ? '' : `, recorded by ${shown(recordedBy)}`}`
  return [...rows, ['file', source]]
    .map(([name = '', what]) => `${layout.paint('dim', name.padEnd(18))}${what}`)
    .join('\n')
}

/** For the number of a step and its time. */
const timeWidth = 13
/** From one lane to the next; in a narrow window as far as the names allow. */
const gapIn = (columns: number, lane: Lane) =>
  columns < 100 ? Math.max(6, laneNames[lane].length + 1) : 8

/** A row for each step: when, an arrow from the page to whom it asked, and what came of it. */
function sequence({ steps, parties }: HarReport, layout: Layout, columns: number): string {
  if (steps.length === 0) return ''
  const used = lanes.filter(
    (lane) => lane === 'page' || parties[lane] !== undefined || steps.some(({ to }) => to === lane),
  )
  const gaps = used.map((lane) => gapIn(columns, lane))
  const start = gaps.reduce((sum, gap) => sum + gap, timeWidth)
  const { paint } = layout
  const head = `${' '.repeat(timeWidth)}${used.map((lane, index) => laneNames[lane].padEnd(gaps[index] ?? 0)).join('')}`
  const lifelines = gaps.map((gap) => '│'.padEnd(gap)).join('')
  const rows = steps.map((step, index) => {
    const { what, address } = stepInWords(step, columns - start - 2)
    const number = `${index + 1}`.padStart(3)
    const time = paint('dim', number + timeOf(step.atMs).padStart(timeWidth - 5))
    const line = `${time}  ${arrow(step, used, gaps)}${marked(step, paint, what)}`
    const fits = what.length + address.length + 4 <= columns - start
    return fits
      ? `${line}  ${paint('dim', address)}`
      : `${line}\n${' '.repeat(timeWidth)}${paint('dim', `${lifelines}  ${address}`)}`
  })
  const left = rows.length - mostRows
  const shownRows =
    left <= 0
      ? rows
      : [...rows.slice(0, mostRows), paint('dim', `… and ${left} more steps: --json has all`)]
  return [paint('dim', head.trimEnd()), ...shownRows].join('\n')
}

const marks = { passed: '✓', failed: '✗', unclear: '·' } as const
const colours = { passed: 'green', failed: 'red', unclear: 'dim' } as const

function marked({ verdict }: HarStep, paint: Layout['paint'], text: string): string {
  return `${paint(colours[verdict], marks[verdict])} ${verdict === 'failed' ? paint('bold', text) : text}`
}

/** What came and what it was for, and what was asked, within a width. */
function stepInWords(
  { status, what, method, address, durationMs }: HarStep,
  width: number,
): { what: string; address: string } {
  const url = URL.parse(address)
  const [path = ''] = (
    url === null ? address : address.slice(`${url.protocol}//${url.host}`.length)
  ).split('?')
  const took = durationMs === undefined || status === 101 ? '' : `, ${durationMs} ms`
  return {
    what: `${status === 0 ? 'no answer' : status} ${shown(what)}`,
    address: `${method} ${shortened(shown(path), width - method.length - took.length - 1)}${took}`,
  }
}

/** The end of a path says more than its middle. */
function shortened(path: string, width: number): string {
  if (path.length <= width) return path
  const end = Math.ceil((width - 1) / 2)
  return `${path.slice(0, width - 1 - end)}…${path.slice(-end)}`
}

/** `●───────▶`, through the lanes between; dotted where the gateway asks Qlik. */
function arrow({ to, through }: HarStep, used: readonly Lane[], gaps: readonly number[]): string {
  const end = used.indexOf(to)
  const turn = through === undefined ? end : used.indexOf(through)
  return used
    .map((_, lane) => {
      const gap = gaps[lane] ?? 0
      const fill = lane < turn ? '─' : lane < end ? '·' : ' '
      const point = lane === 0 ? '●' : lane === end || lane === turn ? '▶' : lane < end ? '┼' : '│'
      // The head stands at the lane, its line before it.
      return point + fill.repeat(gap - 1)
    })
    .join('')
}

function timeOf(ms: number): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms / 1000)} s`
}

function findingInWords(
  { verdict, title, evidence, hint, source, step, id }: HarFinding,
  index: number,
  all: readonly HarFinding[],
  { paint, wrap }: Layout,
): string {
  const isFirst = index === 0 && verdict === 'failed'
  const broken = all.filter((one) => one.verdict === 'failed').length
  const kind =
    verdict === 'warning'
      ? paint('yellow', '! Remarkable')
      : paint(
          'red',
          isFirst ? (broken > 1 ? '✗ First broken step' : '✗ Broken step') : '✗ Then also',
        )
  const lines = [
    `${kind}${step === undefined ? '' : paint('dim', ` (step ${step + 1})`)}: ${paint('bold', shown(title))} ${paint('dim', `(${id})`)}`,
    ...(evidence === undefined ? [] : [`  Seen: ${shown(evidence)}`]),
    `  ${paint('green', 'To do')}: ${shown(hint)}`,
    ...(source === undefined ? [] : [paint('dim', `  Source: ${shown(source)}`)]),
  ]
  return lines.map((line) => wrap(line, '    ')).join('\n')
}

function summary({ findings, steps, leftOut }: HarReport, { paint }: Layout): string {
  const broken = findings.filter(({ verdict }) => verdict === 'failed').length
  const warnings = findings.length - broken
  const parts = [
    broken === 0
      ? paint('green', 'No step of the login is broken')
      : paint('red', `${broken} broken step${broken === 1 ? '' : 's'}`),
    ...(warnings === 0 ? [] : [`${warnings} remark${warnings === 1 ? '' : 's'}`]),
    `${steps.length} step${steps.length === 1 ? '' : 's'} read`,
    ...(leftOut === 0 ? [] : [`${leftOut} entries could not be read`]),
  ]
  return `${parts.join(', ')}.`
}
