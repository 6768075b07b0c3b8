import type { IncomingMessage } from 'node:http'
import { type ProxyRefusal, proxyTexts, refuseWith } from './answers.ts'

/**
 * Checks the Xrfkey of a request to QRS or QPS: 16 letters and digits, the same in the query and in the header
 * (help.qlik.com, “Using Xrfkey header”). The parameter's name counts in any case.
 */
export function checkXrfkey(
  request: IncomingMessage,
  query: URLSearchParams,
): ProxyRefusal | undefined {
  const [, asked] = [...query].find(([name]) => name.toLowerCase() === 'xrfkey') ?? []
  const header = request.headers['x-qlik-xrfkey']
  const isRight = asked !== undefined && /^[0-9A-Za-z]{16}$/.test(asked) && header === asked
  return isRight ? undefined : refuseWith(403, proxyTexts.xsrf)
}
