/** Writes DER (ITU-T X.690 section 10), as much of it as a PFX file needs. Its reader is token/verify/der.ts. */

const tags = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

export const sequence = (...members: readonly Uint8Array[]) => element(tags.sequence, ...members)

/** DER sorts the members by their bytes (X.690 section 11.6). */
export const setOf = (...members: readonly Uint8Array[]) =>
  element(tags.set, ...members.toSorted(Buffer.compare))

export const octetString = (bytes: Uint8Array) => element(tags.octetString, bytes)

export const nothing = () => element(tags.null)

/** `[0] EXPLICIT`. */
export const wrapped = (member: Uint8Array) => element(0xa0, member)

/** An octet string as `[0] IMPLICIT`. */
export const wrappedBytes = (bytes: Uint8Array) => element(0x80, bytes)

/** Text of the Basic Multilingual Plane, two bytes a character. */
export const bmpString = (text: string) => element(tags.bmpString, toBmpBytes(text))

export const toBmpBytes = (text: string) => Buffer.from(text, 'utf16le').swap16()

/** A whole number from 0 to 2^31 - 1. */
export function integer(value: number): Buffer {
  // If the first bit were set it would be negative, so a zero byte goes before it.
  const bytes = bytesOf(value)
  return element(tags.integer, Uint8Array.from((bytes[0] ?? 0) < 0x80 ? bytes : [0, ...bytes]))
}

/** `1.2.840.113549.1.7.1`. */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return element(
    tags.objectIdentifier,
    Uint8Array.from([first * 40 + second, ...rest].flatMap(toBase128)),
  )
}

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size = length < 0x80 ? [length] : bytesOf(length)
  const head = length < 0x80 ? [tag, ...size] : [tag, 0x80 | size.length, ...size]
  return Buffer.concat([Uint8Array.from(head), ...parts])
}

/** Big-endian, without leading zeros; at least one byte. */
function bytesOf(value: number): number[] {
  const rest = Math.floor(value / 256)
  return rest === 0 ? [value] : [...bytesOf(rest), value % 256]
}

/** Seven bits per byte; all but the last have their first bit set. */
function toBase128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f))
  return bytes
}
