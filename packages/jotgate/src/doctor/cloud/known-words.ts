import type { JotgateError } from '../../errors/index.ts'
import type { Outcome } from '../check.ts'
import { findByWords } from '../qlik-errors/find-by-words.ts'
import { qlikErrors } from '../qlik-errors/qlik-errors.ts'

/** A failure in Qlik’s own words: with its cause and what to do, where they are known. */
export function refusedInWords(error: JotgateError, title: string, otherwise?: string): Outcome {
  const known = knownOf(error.message)
  const isTold = known !== undefined && known.name !== 'JWT-LOGIN-401'
  return {
    verdict: 'failed',
    title,
    evidence: error.message,
    hint: isTold ? `${known.cause} ${known.action}` : (otherwise ?? error.hint),
    ...(isTold ? { source: known.source } : {}),
  }
}

/** What is known of words of Qlik’s; undefined where nothing is. */
export function knownOf(words: string): (typeof qlikErrors)[number] | undefined {
  return qlikErrors
    .filter(({ product }) => ['cloud', 'both'].includes(product))
    .find(({ name, texts }) => findByWords([{ name, texts }], words).length > 0)
}
