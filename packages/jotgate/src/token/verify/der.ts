/** One element of a DER encoding: where its content stands. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

/** The tags that a public key or certificate is made of (X.690). */
export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const

/**
 * Splits DER into its elements, or gives nothing when it is not DER: lengths are definite and as short
 * as they can be (X.690 section 10.1), and nothing is left over.
 */
export function readDerElements(bytes: Uint8Array): DerElement[] | undefined {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const tag = bytes[offset] ?? 0
    const length = readLength(bytes, offset + 1)
    // A tag number above 30 would go on in the next byte; nothing here has one.
    if (length === undefined || (tag & 0x1f) === 0x1f) return undefined
    const end = length.next + length.value
    if (end > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(length.next, end) })
    offset = end
  }
  return elements
}

function readLength(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, next: at + 1 }
  const count = first - 0x80
  if (count < 1 || count > 3 || at + count >= bytes.length) return undefined
  let value = 0
  for (let index = 1; index <= count; index += 1) value = value * 256 + (bytes[at + index] ?? 0)
  const shortest = value > 0x7f && value >= 256 ** (count - 1)
  return shortest ? { value, next: at + 1 + count } : undefined
}

/** The elements of a SEQUENCE that is all there is. */
export function readDerSequence(bytes: Uint8Array): DerElement[] | undefined {
  const elements = readDerElements(bytes)
  const only = elements?.length === 1 ? elements[0] : undefined
  return only?.tag === derTag.sequence ? readDerElements(only.content) : undefined
}

/** A positive INTEGER as its bytes, without the zero that keeps it positive. */
export function readDerPositive(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== derTag.integer) return undefined
  const { content } = element
  const [first, second] = content
  if (first === undefined || first > 0x7f) return undefined
  if (first !== 0) return content
  return second !== undefined && second > 0x7f ? content.subarray(1) : undefined
}

/** A BIT STRING of whole bytes. */
export function readDerBits(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== derTag.bitString || element.content[0] !== 0) return undefined
  return element.content.subarray(1)
}

/** A time in milliseconds since 1970, as RFC 5280 section 4.1.2.5 writes it: to the second, in UTC. */
export function readDerTime(element: DerElement | undefined): number | undefined {
  if (element === undefined) return undefined
  const text = String.fromCharCode(...element.content.subarray(0, 32))
  if (element.tag === derTag.utcTime && /^\d{12}Z$/.test(text))
    return toTime(`${text < '50' ? '20' : '19'}${text}`)
  if (element.tag === derTag.generalizedTime && /^\d{14}Z$/.test(text)) return toTime(text)
  return undefined
}

function toTime(digits: string): number | undefined {
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const time = Date.parse(iso)
  return Number.isNaN(time) ? undefined : time
}
