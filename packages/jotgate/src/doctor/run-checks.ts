import { JotgateError } from '../errors/index.ts'
import type { Check, CheckResult, Outcome } from './check.ts'

/**
 * Runs checks one after the other, in the order given.
 *
 * @param options.checks each after those that it needs; one that needs a check that is not among them counts as if
 * that had passed
 * @param options.onCheck called before each, to show progress
 * @param options.signal ends it before the next check
 * @throws what a check threw besides a JotgateError: a bug
 */
export async function* runChecks<Context>(options: {
  checks: readonly Check<Context>[]
  context: Context
  onCheck?: (check: Check<Context>) => void
  signal?: AbortSignal
}): AsyncGenerator<CheckResult> {
  const open = new Map<string, Check<Context>>()
  const failed = new Map<string, Check<Context>>()
  for (const check of options.checks) {
    options.signal?.throwIfAborted()
    const { id, category, question, needs, explainedBy = [] } = check
    const cause = [
      ...needs.map((needed) => open.get(needed)),
      ...explainedBy.map((other) => failed.get(other)),
    ].find((one) => one !== undefined)
    options.onCheck?.(check)
    const outcomes =
      cause === undefined
        ? await outcomesOf(check, options.context)
        : [{ ...notChecked(question, cause.question), waitsFor: cause.id }]
    for (const outcome of outcomes) yield { check: id, category, ...outcome }
    const isOpen = outcomes.some(({ verdict }) => verdict === 'failed' || verdict === 'not-checked')
    if (isOpen) open.set(id, cause ?? check)
    if (outcomes.some(({ verdict }) => verdict === 'failed')) failed.set(id, check)
  }
}

async function outcomesOf<Context>(check: Check<Context>, context: Context) {
  try {
    return await check.run(context)
  } catch (error) {
    if (!(error instanceof JotgateError)) throw error
    return [failureOf(error)]
  }
}

const failureOf = ({ message, hint }: JotgateError): Outcome => ({
  verdict: 'failed',
  title: message,
  hint,
})

const notChecked = (question: string, cause: string): Outcome => ({
  verdict: 'not-checked',
  title: `${question} It was not checked, since an earlier answer is missing: ${cause}`,
})
