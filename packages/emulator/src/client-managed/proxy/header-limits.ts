import type { IncomingMessage } from 'node:http'
import type { ProxySettings } from '../repository/nodes.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import { type ProxyRefusal, refuseWith } from './answers.ts'

/** Checks a request against `maxHeaderSizeBytes` and `maxHeaderLines` of the node's proxy service. */
export function checkHeaderLimits(
  { rawHeaders }: IncomingMessage,
  { maxHeaderSizeBytes, maxHeaderLines }: ProxySettings,
  { headerLimitStatus }: ClientManagedSwitches,
): ProxyRefusal | undefined {
  // Each line as it came: name, colon, blank, value, and the end of the line.
  const bytes = rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, 'latin1') + 2, 0)
  const refusal = (detail: string) =>
    refuseWith(headerLimitStatus, proxyTextOf(headerLimitStatus), {
      form: 'html',
      detail,
      shapedBy: ['headerLimitStatus'],
    })
  if (bytes > maxHeaderSizeBytes)
    return refusal(`The headers have ${bytes} bytes; the proxy takes ${maxHeaderSizeBytes}`)
  return rawHeaders.length / 2 > maxHeaderLines
    ? refusal(`There are ${rawHeaders.length / 2} headers; the proxy takes ${maxHeaderLines}`)
    : undefined
}

function proxyTextOf(status: 400 | 431): string {
  return status === 400 ? 'Bad Request' : 'Request Header Fields Too Large'
}
