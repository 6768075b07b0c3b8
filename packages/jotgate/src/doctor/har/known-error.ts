import { parseQlikProblem } from '../../protocol/index.ts'
import { findByWords } from '../qlik-errors/find-by-words.ts'
import type { QlikError } from '../qlik-errors/qlik-error.ts'
import { qlikErrors } from '../qlik-errors/qlik-errors.ts'
import type { Exchange } from './exchange.ts'
import type { StepContext } from './fault.ts'

/** What Qlik said of an error, and what is known of that. */
export interface SaidError {
  /** Its own words, in one line; empty when the file has none. */
  readonly words: string
  readonly known: QlikError | undefined
}

/** Reads what an answer says of an error. */
export function saidIn({ recording, step }: StepContext, where: RegExp = /./): SaidError {
  const { said, known } = readError(step.exchange, where)
  return { words: recording.redactor.cleanForeign(said), known }
}

/** The words as they are. */
export function readError(
  { responseBody = '' }: Pick<Exchange, 'responseBody'>,
  where: RegExp = /./,
): { readonly said: string; readonly known: QlikError | undefined } {
  const { code, title, detail } = parseQlikProblem(responseBody, [])
  const parts = [code, title, detail].filter((one) => one !== undefined)
  const said = parts.filter((part, index) => parts.indexOf(part) === index)
  const known = said
    .flatMap((part) => findByWords(qlikErrors, part))
    .find((error) => where.test(error.where))
  return { said: said.join(', '), known }
}

/** What is known of a name or text, such as a notification or a close code. */
export function knownAs(words: string): QlikError | undefined {
  return findByWords(qlikErrors, words)[0]
}
