import { type JsonObject, ownMember, type SigningAlgorithm } from '../../values/index.ts'
import { maxTokenLength } from '../decode.ts'
import type { RsaPublicJwk } from '../signing-key.ts'
import { readTokenText } from '../token-text.ts'
import { type SignatureVerdict, verifySignature } from './signature.ts'
import { readTrust, withoutKeyId } from './trust.ts'

/** A token in its one canonical form. Nothing that it says has been verified. */
export interface StrictToken {
  readonly header: JsonObject
  readonly claims: JsonObject
  /**
   * Header and payload as they were signed. Its hash is the token's identity; that of the whole string is not,
   * although here the signature is canonical too: a key may make several signatures over one text.
   */
  readonly signedText: string
  /** Verifies the signature with this key alone, by one of these algorithms, whatever the token says of keys. */
  verify(key: RsaPublicJwk, algorithms: readonly SigningAlgorithm[]): Promise<SignatureVerdict>
}

/** A token, or why a strict reader does not read it. The problem is one of few, and repeats nothing of it. */
export type StrictReading =
  | { readonly token: StrictToken; readonly problem?: never }
  | { readonly problem: string; readonly token?: never }

/** Signed at every byte, and read before anything is verified: RFC 8725 section 3.10 asks for bounds. */
const maxHeaderBytes = 1024
const maxDepth = 8

/**
 * Reads a token from outside, for a decision: three parts in canonical base64url, JSON objects in UTF-8 whose
 * members are unique, and no member of the header that changes how it is read.
 *
 * @see RFC 7515 sections 2, 4 and 4.1.11, RFC 7797 section 6, RFC 8725 section 3
 */
export function readStrictToken(text: string): StrictReading {
  if (text.length > maxTokenLength) return { problem: 'the token is too long' }
  const read = readTokenText(text)
  const { header, payload, signedText } = read
  if (signedText === undefined || header === undefined || payload === undefined)
    return { problem: 'the token has not three parts in canonical base64url' }
  if (header.value === undefined || payload.value === undefined)
    return { problem: 'header or claims of the token are not a JSON object' }
  if (header.duplicates.length > 0 || payload.duplicates.length > 0)
    return { problem: 'the token has a member twice' }
  if ((header.bytes?.length ?? 0) > maxHeaderBytes) return { problem: 'the header is too long' }
  if (Math.max(header.depth, payload.depth) > maxDepth)
    return { problem: 'the token is nested too deep' }
  // A token inside a token (`cty`) is one for a reader that opens both.
  for (const member of ['crit', 'b64', 'zip', 'cty'])
    if (Object.hasOwn(header.value, member))
      return { problem: `the header has ${member}, which changes how the token is read` }
  const kid = ownMember(header.value, 'kid')
  if (kid !== undefined && (typeof kid !== 'string' || kid === ''))
    return { problem: 'the key ID of the token is not a string' }
  return {
    token: Object.freeze<StrictToken>({
      header: header.value,
      claims: payload.value,
      signedText,
      verify: (key, algorithms) =>
        verifySignature(read, withoutKeyId(readTrust({ key })), algorithms),
    }),
  }
}
