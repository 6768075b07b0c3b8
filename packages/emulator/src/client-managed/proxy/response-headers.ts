import type { ClientManagedSwitches } from '../switches.ts'

/** Token characters of a header's name (RFC 9110 §5.6.2). */
const line = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([^\r\n]*)$/

/** Reads “Additional response headers”: one a line; a line that is none is left out. */
function readResponseHeaders(text: string): (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((one) => {
    const [, name, value] = line.exec(one.trim()) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
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
