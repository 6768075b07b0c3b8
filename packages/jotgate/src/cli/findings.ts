import type { Finding } from '../token/index.ts'
import { mayColour, type Terminal } from './terminal.ts'

const colours = { refused: 31, ignored: 33, advice: 36, unknown: 35 } as const

/** In words for people: what, why, and what to do. */
export function findingsInWords(findings: readonly Finding[], terminal: Terminal): string {
  // They stand on stdout, and colours only where a person looks at it.
  const colour = mayColour(terminal) && terminal.stdoutIsTerminal
  return findings
    .map(({ effect, title, detail, hint, id }) => {
      const head = colour ? `\u001b[${colours[effect]}m${effect}\u001b[0m` : effect
      return `${head}: ${title} (${id})\n  ${detail}\n  To do: ${hint}\n`
    })
    .join('')
}

/** No source settles these, and still nobody should go on with them. */
const unsettled = ['certificate-expired', 'certificate-not-yet-valid', 'signature-unfit-key']

/** Whether a rule is broken: Qlik says no, or drops something. Advice, and what is not settled, is none. */
function breaksRule({ effect, id }: Finding): boolean {
  return effect === 'refused' || effect === 'ignored' || unsettled.includes(id)
}

export const exitCodeOf = (findings: readonly Finding[]): 0 | 3 =>
  findings.some(breaksRule) ? 3 : 0
