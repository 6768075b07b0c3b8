import type { Action, Change, MissingRight, Plan, Step } from '../../provision/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import { createLayout, hasColour, type Layout, type Style } from '../layout.ts'
import type { Terminal } from '../terminal.ts'
import { inLines, shortenedPair, valueInWords } from './value-in-words.ts'

/** What is said of a plan. */
export interface ShownPlan {
  /** The address of the deployment. */
  readonly url: string
  readonly setupId: string
  readonly plan: Plan
  /** Empty where nothing would be changed. */
  readonly missingRights: readonly MissingRight[]
  /** Whether every object of the setup is to go. */
  readonly removesAll: boolean
}

const looks: Readonly<Record<Action, { mark: string; style: Style; verb: string }>> = {
  none: { mark: '=', style: 'dim', verb: 'in order:' },
  create: { mark: '+', style: 'green', verb: 'create' },
  update: { mark: '~', style: 'yellow', verb: 'change' },
  delete: { mark: '-', style: 'red', verb: 'delete' },
  replace: { mark: '!', style: 'red', verb: 'cannot change' },
  conflict: { mark: '!', style: 'magenta', verb: 'conflict:' },
}

/** Where a stream says nothing of its width, as a pipe. */
const plainColumns = 100
const leastColumns = 60
const mostColumns = 120
/** More members of a list than that are counted only. */
const mostMembers = 20

/** A plan as a coloured diff for people, field by field, with its summary in the last line. */
export function planInWords(shown: ShownPlan, terminal: Terminal, stream: 'stdout' | 'stderr') {
  const told = terminal.columns[stream]
  const columns = Math.min(Math.max(told || plainColumns, leastColumns), mostColumns)
  const layout = createLayout({ colour: hasColour(terminal, stream), columns })
  const { plan, missingRights, removesAll } = shown
  const steps = plan.steps.map((step) => stepInWords(step, removesAll, layout, columns))
  // What is as it should be is a line each, so they stand together.
  const isQuiet = ({ action }: Step) => action === 'none'
  const quiet = steps.filter((_, at) => isQuiet(plan.steps[at] as Step))
  const loud = steps.filter((_, at) => !isQuiet(plan.steps[at] as Step))
  const place = `${shownText(shown.url)}, setup ${shownText(shown.setupId)}`
  const parts = [
    layout.paint('bold', place),
    quiet.join('\n'),
    ...loud,
    listed('Conflicts', conflictsInWords(plan), layout),
    listed('Rights that are missing', missingRights.map(rightInWords), layout),
    listed('Not checked', plan.notChecked, layout),
    summaryInWords(shown, layout),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const shownText = (text: string) => escapeForTerminal(text)

function rightInWords({ what, givenBy }: MissingRight): string {
  return `${what}: given by ${givenBy}`
}

function listed(title: string, lines: readonly string[], { paint, wrap }: Layout): string {
  if (lines.length === 0) return ''
  const told = lines.map((line) => wrap(`  · ${shownText(line)}`, '    '))
  return [paint('yellow', `${title}:`), ...told].join('\n')
}

/** What conflicts mean, said once for all of them. */
function conflictsInWords({ steps }: Plan): string[] {
  const owners = steps.flatMap(({ action, actual }) =>
    action === 'conflict' ? [actual?.owner === 'another-setup'] : [],
  )
  return [
    ...(owners.includes(false)
      ? [
          'Objects that no setup has marked: look at each in Qlik’s console. `--adopt` marks them as objects of this setup, and changes their fields as above.',
        ]
      : []),
    ...(owners.includes(true)
      ? [
          'Objects of another setup stay as they are: give those of this setup other names in the settings, or let the other setup go first (`jotgate destroy` with its file).',
        ]
      : []),
  ]
}

function stepInWords(step: Step, removesAll: boolean, layout: Layout, columns: number): string {
  const { paint, wrap } = layout
  const { mark, style, verb } = looks[step.action]
  const name = `${step.kind} ${paint('bold', `"${shownText(step.key)}"`)}`
  const head = `${paint(style, `${mark} ${step.adopts ? 'adopt' : verb}`)} ${name}`
  const because = paint('dim', `because of ${shownText(becauseOf(step, removesAll))}`)
  if (step.action === 'none') return wrap(head, '    ')
  // Lists stand below their names.
  const inLine = step.changes.filter(({ to }) => !Array.isArray(to))
  const width = Math.max(0, ...inLine.map(({ field }) => shownText(field).length))
  const fields = step.changes.flatMap((change) =>
    changeInWords(change, step.action, width, layout, columns),
  )
  const advice = adviceOf(step).map((line) => wrap(`  ${line}`, '    '))
  return [wrap(head, '    '), wrap(`  ${because}`, '    '), ...fields, ...advice].join('\n')
}

function becauseOf({ wanted }: Step, removesAll: boolean): string {
  if (wanted !== undefined) return wanted.because
  return removesAll
    ? 'its mark: this setup has made it'
    : 'its mark: this setup has made it, and the settings want it no longer'
}

/** What to know beside the fields, a line each. */
function adviceOf({ action, actual, adopts, cost, warning }: Step): string[] {
  const conflict =
    actual?.owner === 'another-setup'
      ? 'It bears the mark of another setup of jotgate.'
      : 'It bears the mark of no setup.'
  return [
    ...(adopts ? ['It gets the mark of this setup.'] : []),
    ...(action === 'conflict' ? [conflict] : []),
    ...(cost === undefined ? [] : [shownText(cost)]),
    ...(warning === undefined ? [] : [`! ${shownText(warning)}`]),
  ]
}

function changeInWords(
  { field, from, to, because }: Change,
  action: Action,
  width: number,
  { paint, wrap }: Layout,
  columns: number,
): string[] {
  const name = shownText(field)
  const reason = because === undefined ? '' : `  (${shownText(because)})`
  const head = wrap(`    ${name}${paint('dim', reason)}`, '      ')
  if (Array.isArray(to) && (action === 'create' || Array.isArray(from)))
    return listChange(head, Array.isArray(from) ? from : [], to, paint, columns)
  const [old, next] = [valueInWords(from), valueInWords(to)]
  const start = `    ${name.padEnd(width)}  `
  // The reason stands behind the value while there is room, and otherwise behind the name.
  const fits = (value: string) => (start + value + reason).length <= columns
  if (action === 'create') {
    if (fits(next)) return [start + paint('green', next) + paint('dim', reason)]
    return [head, ...inLines(next, columns - 6).map((line) => paint('green', `      ${line}`))]
  }
  if (fits(`${old} → ${next}`))
    return [`${start}${paint('red', old)} → ${paint('green', next)}${paint('dim', reason)}`]
  const [oldShort, nextShort] = shortenedPair(old, next, columns - 8)
  return [head, paint('red', `      - ${oldShort}`), paint('green', `      + ${nextShort}`)]
}

/** The members that come and go; those that stay are counted. */
function listChange(
  head: string,
  from: readonly unknown[],
  to: readonly unknown[],
  paint: Layout['paint'],
  columns: number,
): string[] {
  const [old, next] = [from.map(valueInWords), to.map(valueInWords)]
  const gone = old.filter((one) => !next.includes(one))
  const come = next.filter((one) => !old.includes(one))
  if (old.length === 0 && next.length === 0) return [`${head}  ${valueInWords([])}`]
  if (gone.length === 0 && come.length === 0)
    return [
      head,
      `      ${old.length === next.length ? 'in another order:' : 'each of them once:'}`,
      ...membersInWords(to, ' ', columns).map((line) => paint('yellow', line)),
    ]
  const stay = next.length - come.length
  return [
    head,
    ...membersInWords(gone, '-', columns).map((line) => paint('red', line)),
    ...membersInWords(come, '+', columns).map((line) => paint('green', line)),
    ...(stay === 0
      ? []
      : [paint('dim', `        ${stay} other${stay === 1 ? ' stays' : 's stay'}`)]),
  ]
}

function membersInWords(members: readonly unknown[], mark: string, columns: number): string[] {
  const shown = members.slice(0, mostMembers)
  const lines = shown.flatMap((member) =>
    inLines(valueInWords(member), columns - 8).map(
      (line, at) => `      ${at === 0 ? mark : ' '} ${line}`,
    ),
  )
  const rest = members.length - shown.length
  return rest === 0 ? lines : [...lines, `      ${mark} and ${rest} more`]
}

/** How many steps of each action there are. */
export function countsOf({ steps }: Plan): Readonly<Record<Action, number>> {
  const count = (action: Action) => steps.filter((step) => step.action === action).length
  return {
    none: count('none'),
    create: count('create'),
    update: count('update'),
    delete: count('delete'),
    replace: count('replace'),
    conflict: count('conflict'),
  }
}

function summaryInWords({ plan, removesAll }: ShownPlan, { paint, wrap }: Layout): string {
  const { none, create, update, delete: remove, replace, conflict } = countsOf(plan)
  const said: readonly (readonly [number, string, Style])[] = [
    [create, 'to create', 'green'],
    [update, 'to change', 'yellow'],
    [remove, 'to delete (needs --allow-delete)', 'red'],
    [replace, 'cannot be changed', 'red'],
    [conflict, conflict === 1 ? 'conflict' : 'conflicts', 'magenta'],
  ]
  const parts = said.filter(([count]) => count > 0)
  const inOrder = `${none} as ${none === 1 ? 'it' : 'they'} should be`
  if (parts.length === 0) {
    if (removesAll) return paint('green', 'Nothing to do: Qlik has no object of this setup.')
    return paint(
      'green',
      `Nothing to do: ${none} object${none === 1 ? '' : 's'} ${inOrder.slice(`${none} `.length)}.`,
    )
  }
  const counted = parts.map(([count, words, style]) => paint(style, `${count} ${words}`))
  return wrap(`Plan: ${[...counted, ...(none === 0 ? [] : [inOrder])].join(', ')}.`, '  ')
}
