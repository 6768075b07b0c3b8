import type { Finding } from '../token/index.ts'
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
    .map(({ effect, title, detail, hint, id }) => {
      const head = `${paint(colours[effect], effect)}: ${paint('bold', title)} ${paint('dim', `(${id})`)}`
      const lines = [head, `  ${detail}`, `  ${paint('green', 'To do')}: ${hint}`]
      return `${lines.map((line) => wrap(line, '    ')).join('\n')}\n`
    })
    .join('\n')
}

/** No source settles these, and still nobody should go on with them. */
const unsettled = ['certificate-expired', 'certificate-not-yet-valid', 'signature-unfit-key']

/** Whether a rule is broken: Qlik says no, or drops something. Advice, and what is not settled, is none. */
function breaksRule({ effect, id }: Finding): boolean {
  return effect === 'refused' || effect === 'ignored' || unsettled.includes(id)
}

export const exitCodeOf = (findings: readonly Finding[]): 0 | 3 =>
  findings.some(breaksRule) ? 3 : 0
