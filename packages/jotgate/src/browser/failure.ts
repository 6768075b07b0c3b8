import { type ErrorDefinition, JotgateError } from '../errors/index.ts'
import type { Facts, failures } from './diagnosis/failures.ts'
import { ignore } from './ignore.ts'
import { brokenAs } from './immediate-errors.ts'
import { within } from './within.ts'

type Diagnosis = typeof import('./diagnosis/index.ts')

/** How long a failure waits for its words: nothing is held up by a network that is gone. */
const maxWaitMs = 2000

/** The error of a code. */
export function failure<Code extends keyof typeof failures>(
  code: Code,
  details: Facts<Code>,
  cause?: unknown,
): Promise<Error> {
  return diagnosed(({ failureOf }) => failureOf(code, details, cause), code, details)
}

/**
 * The error of what failed. Its words, and what finds out more, are loaded now: a page on which nothing fails
 * never has them.
 *
 * @param code what is told when they do not come, with the reason in `details`
 */
export async function diagnosed(
  diagnose: (diagnosis: Diagnosis) => Error | Promise<Error>,
  code: string,
  details: object,
  load: () => Promise<Diagnosis> = () => import('./diagnosis/index.ts'),
): Promise<Error> {
  const diagnosis = await within(maxWaitMs, load(), ignore).catch(ignore)
  return diagnosis ? diagnose(diagnosis) : new JotgateError(code, wordless, details)
}

const wordless: ErrorDefinition<{ readonly reason?: string }> = brokenAs(
  ({ reason }) => `Failed without words: ${reason}`,
)
