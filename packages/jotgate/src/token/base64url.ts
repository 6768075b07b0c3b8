const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The character code of each of the 64 values (RFC 4648 section 5). */
const codes = encoder.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/** RFC 4648 section 5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  const characters = new Uint8Array(base64urlLength(bytes.length))
  writeBase64url(bytes, characters, 0)
  return decoder.decode(characters)
}

export function textToBase64url(text: string): string {
  return toBase64url(encoder.encode(text))
}

/** The length of the base64url of so many bytes. */
export function base64urlLength(byteLength: number): number {
  return Math.ceil((byteLength * 4) / 3)
}

/**
 * Writes the characters of `bytes` as ASCII into `into`, from `offset` on, and returns the offset after
 * them. It uses a table and no intermediate string: `btoa` on a string of bytes takes four times as long,
 * and nothing else that a signer does on the event loop costs more.
 */
export function writeBase64url(bytes: Uint8Array, into: Uint8Array, offset: number): number {
  const whole = bytes.length - (bytes.length % 3)
  let at = offset
  for (let index = 0; index < whole; index += 3) {
    const three =
      (byte(bytes, index) << 16) | (byte(bytes, index + 1) << 8) | byte(bytes, index + 2)
    into[at] = byte(codes, three >> 18)
    into[at + 1] = byte(codes, (three >> 12) & 63)
    into[at + 2] = byte(codes, (three >> 6) & 63)
    into[at + 3] = byte(codes, three & 63)
    at += 4
  }
  const left = bytes.length - whole
  if (left === 0) return at
  const last = (byte(bytes, whole) << 8) | byte(bytes, whole + 1)
  into[at] = byte(codes, last >> 10)
  into[at + 1] = byte(codes, (last >> 4) & 63)
  if (left === 2) into[at + 2] = byte(codes, (last << 2) & 63)
  return at + left + 1
}

/** Bits beyond the end are zero (RFC 4648 section 3.5). */
const byte = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0

/**
 * Accepts only the canonical form: two strings for the same bytes would be two names for one token, and a
 * deny-list would contain only one of them (RFC 7515 section 2, RFC 4648 section 3.5).
 */
export function parseBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  // Of a last group of two or three characters, the bits beyond its whole bytes have to be zero.
  if (!(canonicalEnd[text.length % 4] ?? /$/).test(text)) return undefined
  return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
}

const canonicalEnd: Readonly<Record<number, RegExp>> = { 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ }

/** Plain base64, whose alphabet has been checked; padding may be missing. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}

/** Decodes UTF-8, or gives undefined. A byte order mark stays, so that JSON refuses it. */
export function parseUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
