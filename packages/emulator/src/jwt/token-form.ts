import { parseStrictObject } from './strict-json.ts'

/** The parts of a token; nothing is verified yet. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** The bytes that were signed: header and payload as they came. */
  readonly signedText: string
  readonly signature: Buffer
}

/**
 * Decodes base64url in its one canonical form: no padding, blank, line break, `+` or `/`, and no bits
 * set beyond the last byte (RFC 7515 §2, RFC 4648 §3.5). Otherwise one token has many spellings.
 */
export function decodeCanonicalBase64url(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/** Takes a token apart, or says why it is not a JWS in compact serialization with a JSON payload. */
export function readTokenForm(token: string): TokenParts | { readonly flaw: string } {
  const texts = token.split('.')
  const [headerText, payloadText, signatureText] = texts
  if (
    texts.length !== 3 ||
    headerText === undefined ||
    payloadText === undefined ||
    signatureText === undefined
  )
    return { flaw: `expected 3 parts, found ${texts.length}` }
  const headerBytes = decodeCanonicalBase64url(headerText)
  const payloadBytes = decodeCanonicalBase64url(payloadText)
  const signature = decodeCanonicalBase64url(signatureText)
  if (headerBytes === undefined) return { flaw: 'the header is not canonical base64url' }
  if (payloadBytes === undefined) return { flaw: 'the payload is not canonical base64url' }
  if (signature === undefined) return { flaw: 'the signature is not canonical base64url' }
  const header = parseStrictObject(headerBytes)
  if ('flaw' in header) return { flaw: `the header: ${header.flaw}` }
  const claims = parseStrictObject(payloadBytes)
  if ('flaw' in claims) return { flaw: `the payload: ${claims.flaw}` }
  return {
    header: header.object,
    claims: claims.object,
    signedText: `${headerText}.${payloadText}`,
    signature,
  }
}
