const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 4648 section 5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function textToBase64url(text: string): string {
  return toBase64url(encoder.encode(text))
}

/**
 * Takes the one canonical form alone: two texts for the same bytes would be two names for one
 * token, and a deny-list would know only one of them (RFC 7515 section 2, RFC 4648 section 3.5).
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

/** UTF-8 or nothing. A byte order mark stays in the text, where JSON refuses it. */
export function parseUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
