import { type Category, type CheckResult, categories, type Verdict } from '../../doctor/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import { type Layout, layoutFor, type Style } from '../layout.ts'
import type { Terminal } from '../terminal.ts'

const marks: Readonly<Record<Verdict, readonly [mark: string, colour: Style]>> = {
  passed: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failed: ['✗', 'red'],
  'not-checked': ['?', 'magenta'],
}

const headings: Readonly<Record<Category, string>> = {
  network: 'Network',
  key: 'Key',
  'set-up': 'Set-up',
  login: 'Login',
  person: 'Person',
  data: 'Data',
  gateway: 'Gateway',
}

/**
 * Results for people: by category, what is not in order with what shows it and how to mend it, and one line at the end.
 *
 * @param verdicts those that are shown; the line at the end counts all
 */
export function resultsInWords(
  results: readonly CheckResult[],
  terminal: Terminal,
  stream: 'stdout' | 'stderr',
  verdicts: readonly Verdict[] = ['passed', 'warning', 'failed', 'not-checked'],
): string {
  const layout = layoutFor(terminal, stream)
  const parts = categories.flatMap((category) => {
    const own = results.filter((one) => one.category === category && verdicts.includes(one.verdict))
    if (own.length === 0) return []
    const told = own.filter(({ waitsFor }) => waitsFor === undefined)
    return [
      [
        headingOf(category, own, layout),
        ...told.map((one) => inWords(one, results, layout)),
        ...waitingInWords(own, layout),
      ].join('\n'),
    ]
  })
  return `${[...parts, summaryOf(results, layout)].join('\n\n')}\n`
}

function headingOf(category: Category, own: readonly CheckResult[], { paint }: Layout): string {
  const worst = (['failed', 'warning', 'not-checked'] as const).find((verdict) =>
    own.some((one) => one.verdict === verdict),
  )
  const [mark, colour] = marks[worst ?? 'passed']
  return `${paint(colour, mark)} ${paint('bold', headings[category])}`
}

type Results = readonly CheckResult[]

const shown = (text: string) => escapeForTerminal(text)

/** A hint may hold lines to copy. */
const shownLines = (text: string) =>
  escapeForTerminal(text, { keepLines: true }).replaceAll('\n', '\n      ')

function inWords(
  result: CheckResult,
  all: readonly CheckResult[],
  { paint, wrap }: Layout,
): string {
  const { verdict, title, evidence, hint, source, check } = result
  const [mark, colour] = marks[verdict]
  if (verdict === 'passed') return wrap(`  ${paint(colour, mark)} ${shown(title)}`, '    ')
  // What an earlier finding explains has one line, and the same way to find out is told once.
  const isTold = hint === undefined || all.find((one) => one.hint === hint) !== result
  const words = verdict === 'not-checked' ? shown(title) : paint('bold', shown(title))
  const lines = [
    `  ${paint(colour, mark)} ${words} ${paint('dim', `(${check})`)}`,
    ...(evidence === undefined ? [] : [`    Seen: ${shown(evidence)}`]),
    ...(isTold ? [] : [`    ${paint('green', 'To do')}: ${shownLines(hint)}`]),
    ...(verdict === 'failed' && source !== undefined
      ? [paint('dim', `    Source: ${shown(source)}`)]
      : []),
  ]
  return lines.map((line) => wrap(line, '      ')).join('\n')
}

/** What waits for the same answer is told in one line. */
function waitingInWords(own: Results, { paint }: Layout): string[] {
  const [mark, colour] = marks['not-checked']
  const causes = own.map(({ waitsFor }) => waitsFor).filter((one) => one !== undefined)
  return [...new Set(causes)].map((cause) => {
    const { length } = causes.filter((one) => one === cause)
    const words = length === 1 ? '1 check waits for' : `${length} checks wait for`
    return `  ${paint(colour, mark)} ${paint('dim', `${words} ${cause}`)}`
  })
}

function summaryOf(results: readonly CheckResult[], { paint }: Layout): string {
  const count = (verdict: Verdict) => results.filter((one) => one.verdict === verdict).length
  const [failed, warnings, open] = [count('failed'), count('warning'), count('not-checked')]
  const broken = new Set(
    results.filter(({ verdict }) => verdict === 'failed').map(({ category }) => category),
  ).size
  const parts = [
    failed === 0
      ? paint('green', 'Nothing is broken')
      : paint(
          'red',
          `${failed} ${failed === 1 ? 'fault' : 'faults'} in ${broken} ${broken === 1 ? 'category' : 'categories'}`,
        ),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
    ...(open === 0 ? [] : [`${open} not checked`]),
    `${results.length} results`,
  ]
  return `${parts.join(', ')}.`
}
