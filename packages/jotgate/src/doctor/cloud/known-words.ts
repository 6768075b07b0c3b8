import type { JotgateError } from '../../errors/index.ts'
import type { Outcome } from '../check.ts'
import { findByWords } from '../qlik-errors/find-by-words.ts'
import { qlikErrors } from '../qlik-errors/qlik-errors.ts'

/** A failure in Qlik’s own words: with its cause and what to do, where they are known. */
export function refusedInWords(error: JotgateError, title: string, otherwise?: string): Outcome {
  const [known] = qlikErrors
    .filter(({ product }) => ['cloud', 'both'].includes(product))
    .filter(({ name, texts }) => findByWords([{ name, texts }], error.message).length > 0)
  const isTold = known !== undefined && known.name !== 'JWT-LOGIN-401'
  return {
    verdict: 'failed',
    title,
    evidence: error.message,
    hint: isTold ? `${known.cause} ${known.action}` : (otherwise ?? error.hint),
    ...(isTold ? { source: known.source } : {}),
  }
}
