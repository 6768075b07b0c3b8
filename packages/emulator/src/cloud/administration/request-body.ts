import type { Context } from 'hono'
import type { CloudEnv } from '../cloud.ts'
import { fail, type StatusStyle } from '../error-envelope.ts'

/** The JSON body of a request, or the 400 that answers what is none. */
export async function readJsonBody(
  c: Context<CloudEnv>,
  style: StatusStyle,
): Promise<{ value: unknown } | { response: Response }> {
  try {
    return { value: JSON.parse(await c.req.text()) }
  } catch (error) {
    // Too large a body is answered where the limit stands; only a broken JSON is ours.
    if (!(error instanceof SyntaxError)) throw error
    const failure = { status: 400, code: 'HTTP-400', title: 'Bad request' }
    return { response: fail(c, { ...failure, detail: 'The body is not JSON' }, style) }
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One wish of a JSON patch. */
export interface ReplaceOperation {
  readonly path: string
  readonly value: unknown
}

/** The operations of a JSON patch when every one is a `replace` of a listed path. */
export function parseReplaceOnly(
  body: unknown,
  paths: readonly string[],
): readonly ReplaceOperation[] | { flaw: string; pointer: string } {
  if (!Array.isArray(body) || body.length === 0)
    return { flaw: 'The body must be an array of patch operations', pointer: '' }
  const operations: ReplaceOperation[] = []
  for (const [index, one] of body.entries()) {
    if (!isObject(one) || one.op !== 'replace')
      return { flaw: 'Only the operation replace is supported', pointer: `/${index}/op` }
    if (typeof one.path !== 'string' || !paths.includes(one.path))
      return { flaw: `Only ${paths.join(' and ')} can be replaced`, pointer: `/${index}/path` }
    operations.push({ path: one.path, value: one.value })
  }
  return operations
}
