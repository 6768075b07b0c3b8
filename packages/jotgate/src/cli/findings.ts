import { escapeForTerminal, type Finding } from '../values/index.ts'
import { layoutFor, type Style } from './layout.ts'
import type { Terminal } from './terminal.ts'

const colours = {
  refused: 'red',
  ignored: 'yellow',
  advice: 'cyan',
  unknown: 'magenta',
} as const satisfies Record<Finding['effect'], Style>

/** In words for people: what, why, and what to do. */
export function findingsInWords(findings: readonly Finding[], terminal: Terminal): string {
  const { paint, wrap } = layoutFor(terminal, 'stdout')
  return findings
    .map(({ effect, id, ...finding }) => {
      const [title, detail, hint] = [finding.title, finding.detail, finding.hint].map(shown)
      const head = `${paint(colours[effect], effect)}: ${paint('bold', title ?? '')} ${paint('dim', `(${id})`)}`
      const lines = [head, `  ${detail}`, `  ${paint('green', 'To do')}: ${hint}`]
      return `${lines.map((line) => wrap(line, '    ')).join('\n')}\n`
    })
    .join('\n')
}

const shown = (text: string) => escapeForTerminal(text, { keepLines: true })

/** 3 when a finding blocks. */
export const exitCodeOf = (findings: readonly Finding[]): 0 | 3 =>
  findings.some(({ blocks }) => blocks) ? 3 : 0
