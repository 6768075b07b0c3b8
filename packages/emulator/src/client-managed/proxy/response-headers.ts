import type { ClientManagedSwitches } from '../switches.ts'

/** Characters of a header's name and of its value (RFC 9110 §5.5 and §5.6.2). */
const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([\t\x20-\x7e\x80-\xff]*)$/

/** What says where an answer ends is the server's own. */
const framing: readonly string[] = ['connection', 'content-length', 'transfer-encoding']

/** Reads “Additional response headers”: one a line; a line that cannot be a header is left out. */
function readResponseHeaders(text: string): (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((one) => {
    const [, name, value] = line.exec(one.trim()) ?? []
    if (name === undefined || value === undefined) return []
    return framing.includes(name.toLowerCase()) ? [] : [[name, value.trim()] as const]
  })
}

/** The headers that go with each answer of a virtual proxy, for the origin that asks. */
export function responseHeadersFor(
  text: string,
  origin: string | undefined,
  { severalOrigins }: Pick<ClientManagedSwitches, 'severalOrigins'>,
): (readonly [string, string])[] {
  return readResponseHeaders(text).flatMap(([name, value]) => {
    const isOrigin = name.toLowerCase() === 'access-control-allow-origin'
    if (!isOrigin || !value.includes(',') || severalOrigins === 'as-written')
      return [[name, value] as const]
    const listed = value.split(',').map((one) => one.trim())
    const found = listed.find((one) => one === origin)
    return found === undefined ? [] : [[name, found] as const, ['Vary', 'Origin'] as const]
  })
}
