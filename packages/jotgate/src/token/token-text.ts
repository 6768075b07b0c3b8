import { trimEndOf } from '../values/index.ts'
import { decodeBase64, parseBase64url } from './base64url.ts'
import { type JsonObject, readJsonObject } from './json-object.ts'

/** Longer strings are not taken apart: nearly every server refuses a header line of 16 KiB. */
const maxReadLength = 65_536

/** One part of a token, between its dots. */
interface TokenPart {
  /** Whether it is base64url in the canonical form of RFC 7515 section 2. */
  readonly canonical: boolean
  /** The decoded bytes; decoded leniently when not canonical, and undefined when even that fails. */
  readonly bytes: Uint8Array | undefined
}

/** A token, taken apart as far as possible, and what was around it. */
export interface TokenText {
  /** In characters, as it was given; 0 when it was not a string. */
  readonly length: number
  readonly isText: boolean
  /** A key or certificate in place of a token. */
  readonly isPem: boolean
  /** JSON that a token may be a part of, or a token in JSON (RFC 7515 section 7.2). */
  readonly isJson: boolean
  readonly hasScheme: boolean
  readonly hasQuotes: boolean
  readonly hasWhiteSpace: boolean
  readonly parts: number
  /** Undefined when there are not three parts. */
  readonly header: (TokenPart & JsonObject) | undefined
  readonly payload: (TokenPart & JsonObject) | undefined
  readonly signature: TokenPart | undefined
  /** The part that was signed; only when the string is exactly a token. */
  readonly signedText: string | undefined
}

/**
 * Takes a string apart and never throws. What people leave around a token (`Bearer `, quotes, line
 * breaks) is reported and removed, so that the content can be examined too.
 */
export function readTokenText(input: unknown): TokenText {
  const isText = typeof input === 'string'
  const text = isText ? input : ''
  const isPem = /-----BEGIN [A-Z0-9 ]+-----/.test(text.slice(0, maxReadLength))
  const isJson = /^\s*[{[]/.test(text)
  const readable = isText && !isPem && !isJson && text.length <= maxReadLength
  const bare = stripWrapping(readable ? text : '')
  const parts = readable ? bare.token.split('.') : []
  const [header, payload, signature] = parts.length === 3 ? parts.map(readPart) : []
  const canonical = [header, payload, signature].every((part) => part?.canonical === true)
  return {
    length: text.length,
    isText,
    isPem,
    isJson,
    ...bare.notes,
    parts: bare.token === '' ? 0 : parts.length,
    header: header && { ...header, ...readObject(header) },
    payload: payload && { ...payload, ...readObject(payload) },
    signature,
    signedText: canonical && bare.token === text ? text.slice(0, text.lastIndexOf('.')) : undefined,
  }
}

function stripWrapping(text: string) {
  const notes = { hasScheme: false, hasQuotes: false, hasWhiteSpace: false }
  let token = text.trim()
  const trimmed = token !== text
  const scheme = /^["'`]?(?:authorization\s*:\s*|bearer(?:\s+|%20|:\s*|$))+/i.exec(token)?.[0]
  if (scheme !== undefined) {
    notes.hasScheme = true
    token = token.slice(scheme.length)
  }
  const unquoted = withoutQuotes(token)
  // Line breaks, and the two characters \n that stand for one in a JSON or environment file.
  const joined = unquoted.replace(/\s|\\[nrt]/g, '')
  // When nothing is left, that is the only thing to report.
  if (joined === '') return { token: '', notes: { ...notes, hasScheme: false } }
  notes.hasQuotes = unquoted !== token
  notes.hasWhiteSpace = trimmed || joined !== unquoted
  return { token: joined, notes }
}

const quotes = '"\'`“”„«»'

/** In a line of JSON or of code, what follows the second quotation mark is removed with it. */
function withoutQuotes(text: string): string {
  const rest = text.replace(/^["'`“”„«»]+/, '')
  const behind = /["'`“”„«»][,;]$/.test(rest) ? rest.slice(0, -1) : rest
  return trimEndOf(behind, quotes)
}

function readPart(text: string): TokenPart {
  const bytes = parseBase64url(text)
  if (bytes !== undefined) return { canonical: true, bytes }
  return { canonical: false, bytes: readLeniently(text) }
}

/** Accepts padding, the plain alphabet and remaining bits: wrong, but the meaning is clear. */
function readLeniently(text: string): Uint8Array | undefined {
  const plain = trimEndOf(text, '=').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return undefined
  return decodeBase64(plain)
}

function readObject(part: TokenPart): JsonObject {
  return readJsonObject(part.bytes ?? new Uint8Array())
}
