import type { Context } from 'hono'
import { isObject, maximumBodyBytes, readJson } from '../../http/read-body.ts'
import type { CloudEnv } from '../cloud.ts'
import { fail, type StatusStyle } from '../error-envelope.ts'
import { refuseMembers } from '../refused-parameters.ts'

/** The JSON body of a request, or the answer to one that is none: 400, or 413 for a large one. */
export async function readJsonBody(
  c: Context<CloudEnv>,
  style: StatusStyle,
): Promise<{ value: unknown } | { response: Response }> {
  const reading = await readJson(c.env.incoming)
  if ('value' in reading) {
    const response = isObject(reading.value) ? refuseMembers(c, reading.value, style) : undefined
    return response === undefined ? reading : { response }
  }
  if (reading.flaw === 'not JSON') {
    const failure = { status: 400, code: 'HTTP-400', title: 'Bad request' }
    return { response: fail(c, { ...failure, detail: 'The body is not JSON' }, style) }
  }
  const failure = { status: 413, code: 'HTTP-413', title: 'Payload too large' }
  const detail = `The emulator takes bodies of up to ${maximumBodyBytes} bytes`
  return { response: fail(c, { ...failure, detail }, style) }
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
