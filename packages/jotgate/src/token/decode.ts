import { parseJsonObject } from '../values/index.ts'
import { parseBase64url, parseUtf8 } from './base64url.ts'
import { tokenErrors } from './errors.ts'

/**
 * The longest token that is made or read, in characters. Servers limit a header to 8 to 16 KiB, and Qlik
 * Cloud's own limit is not published.
 */
export const maxTokenLength = 8192

/** A token taken apart. Nothing in it has been verified. */
export interface DecodedToken {
  header: Record<string, unknown>
  payload: Record<string, unknown>
  signature: Uint8Array
}

/**
 * Takes a token apart without verifying it: for display, never for a decision.
 *
 * @param text the token in its compact form, at most 8192 characters
 * @returns header and payload as parsed JSON, the signature as bytes
 * @throws ERR_TOKEN_SIZE, ERR_TOKEN_PARTS, ERR_TOKEN_BASE64URL or ERR_TOKEN_JSON, none of which contains
 * the token; TypeError when it is not a string
 * @see RFC 7515 sections 2, 4 and 7.1
 * @example
 * const { header, payload } = decodeToken('eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.AAAA')
 * console.log(header.kid, payload.sub)
 */
export function decodeToken(text: string): DecodedToken {
  if (typeof text !== 'string') throw new TypeError('A token is a string')
  if (text.length > maxTokenLength)
    throw tokenErrors.ERR_TOKEN_SIZE({ length: text.length, max: maxTokenLength })
  const parts = text.split('.')
  const [header, payload, signature] = parts
  if (
    parts.length !== 3 ||
    header === undefined ||
    payload === undefined ||
    signature === undefined
  )
    throw tokenErrors.ERR_TOKEN_PARTS({ parts: parts.length })
  return {
    header: parseJsonPart('header', header),
    payload: parseJsonPart('payload', payload),
    signature: parsePart('signature', signature),
  }
}

function parsePart(part: string, text: string): Uint8Array {
  const bytes = parseBase64url(text)
  if (bytes === undefined) throw tokenErrors.ERR_TOKEN_BASE64URL({ part })
  return bytes
}

/** The error of JSON.parse would quote the token, so it is not kept as the cause. */
function parseJsonPart(part: string, text: string): Record<string, unknown> {
  const json = parseUtf8(parsePart(part, text))
  const value = json === undefined ? undefined : parseJsonObject(json)
  if (value === undefined) throw tokenErrors.ERR_TOKEN_JSON({ part })
  return value
}
