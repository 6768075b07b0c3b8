import { escapeForTerminal } from '../../values/index.ts'
import { layoutFor } from '../layout.ts'
import type { Terminal } from '../terminal.ts'
import type { Comparison } from './compare-import.ts'
import { planInWords } from './plan-in-words.ts'

/** What is said of an import beside its files. */
export interface ToldImport extends Comparison {
  readonly url: string
  readonly setupId: string
  readonly keyFile: string
  /** Undefined where none was written. */
  readonly certificateFile: string | undefined
  /** What names the file on a command line; empty for the usual one. */
  readonly option: string
  readonly notImported: readonly string[]
}

/** More sentences than that are counted only. */
const mostSentences = 20

/** What could not be imported, what a plan would change, and what a person does next. */
export function importInWords(told: ToldImport, terminal: Terminal): string {
  const { paint, wrap } = layoutFor(terminal, 'stderr')
  const { notImported, plan, url, setupId } = told
  const few = notImported.slice(0, mostSentences)
  const more = notImported.length - few.length
  const sentences = [...few, ...(more === 0 ? [] : [`And ${more} more, which --json lists.`])]
  const shown = { url, setupId, plan, missingRights: [], removesAll: false }
  return [
    ...(sentences.length === 0
      ? []
      : [
          paint('yellow', 'Not imported:'),
          ...sentences.map((one) => wrap(`  · ${escapeForTerminal(one)}`, '    ')),
          '',
        ]),
    ...(plan.steps.length === 0
      ? []
      : [
          paint(
            'yellow',
            'The settings cannot say these; `jotgate apply --adopt` would change them:',
          ),
          planInWords(shown, terminal, 'stderr'),
        ]),
    paint('bold', 'Next:'),
    ...nextSteps(told).map((step, at) => wrap(`  ${at + 1}. ${step}`, '     ')),
  ].join('\n')
}

function nextSteps({ keyFile, certificateFile, option, unmarked }: ToldImport): string[] {
  const check =
    certificateFile === undefined
      ? ''
      : ` Then \`jotgate keys check --key ${keyFile} --certificate ${certificateFile}\` says whether they belong together.`
  return [
    `Put the private key at ${keyFile}, for its owner alone (0600): Qlik does not have it.${check}`,
    ...(unmarked === 0
      ? []
      : [
          `${unmarked} object${unmarked === 1 ? ' bears' : 's bear'} no mark of a setup: \`jotgate apply --adopt${option}\` marks ${unmarked === 1 ? 'it' : 'them'}, once.`,
        ]),
    `From then on \`jotgate plan${option}\` finds what somebody changes by hand.`,
  ]
}
