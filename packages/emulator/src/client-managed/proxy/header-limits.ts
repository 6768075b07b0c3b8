import type { IncomingMessage } from 'node:http'
import type { ProxySettings } from '../repository/nodes.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import { type ProxyRefusal, refuseWith } from './answers.ts'

/** Checks a request against `maxHeaderSizeBytes`, `maxHeaderLineBytes` and `maxHeaderLines` of the node's proxy service. */
export function checkHeaderLimits(
  { rawHeaders }: IncomingMessage,
  { maxHeaderSizeBytes, maxHeaderLineBytes, maxHeaderLines }: ProxySettings,
  { headerLimitStatus }: ClientManagedSwitches,
): ProxyRefusal | undefined {
  // Each line as it came: name, colon, blank, value, and the end of the line.
  const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => {
    const [name = '', value = ''] = rawHeaders.slice(index * 2, index * 2 + 2)
    return name.length + value.length + 4
  })
  const bytes = lines.reduce((sum, length) => sum + length, 0)
  const longest = Math.max(0, ...lines)
  const refusal = (detail: string) =>
    refuseWith(headerLimitStatus, proxyTextOf(headerLimitStatus), {
      form: 'html',
      detail,
      shapedBy: ['headerLimitStatus'],
    })
  if (bytes > maxHeaderSizeBytes)
    return refusal(`The headers have ${bytes} bytes; the proxy takes ${maxHeaderSizeBytes}`)
  if (longest > maxHeaderLineBytes)
    return refusal(`A header has ${longest} bytes; the proxy takes ${maxHeaderLineBytes}`)
  return lines.length > maxHeaderLines
    ? refusal(`There are ${lines.length} headers; the proxy takes ${maxHeaderLines}`)
    : undefined
}

function proxyTextOf(status: 400 | 431): string {
  return status === 400 ? 'Bad Request' : 'Request Header Fields Too Large'
}
