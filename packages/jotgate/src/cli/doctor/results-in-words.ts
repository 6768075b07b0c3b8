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
    return [
      `${headingOf(category, own, layout)}\n${own.map((one) => inWords(one, results, layout)).join('\n')}`,
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
  const lines = [
    `  ${paint(colour, mark)} ${verdict === 'not-checked' ? shown(title) : paint('bold', shown(title))}${verdict === 'not-checked' ? '' : paint('dim', ` (${check})`)}`,
    ...(evidence === undefined ? [] : [`    Seen: ${shown(evidence)}`]),
    ...(isTold ? [] : [`    ${paint('green', 'To do')}: ${shownLines(hint)}`]),
    ...(verdict === 'failed' && source !== undefined
      ? [paint('dim', `    Source: ${shown(source)}`)]
      : []),
  ]
  return lines.map((line) => wrap(line, '      ')).join('\n')
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
