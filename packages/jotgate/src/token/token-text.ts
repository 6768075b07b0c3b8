import { trimEndOf } from '../values/index.ts'
import { decodeBase64, parseBase64url } from './base64url.ts'
import { type JsonObject, readJsonObject } from './json-object.ts'

/** More is not taken apart: a header line of 16 KiB is refused by nearly every server. */
const maxReadLength = 65_536

/** One part of a token, between its dots. */
interface TokenPart {
  /** Whether it is base64url in the one form that RFC 7515 section 2 knows. */
  readonly canonical: boolean
  /** What it holds; read leniently where it is not canonical, and undefined where even that fails. */
  readonly bytes: Uint8Array | undefined
}

/** A token's text, taken apart as far as it goes, and what was about it. */
export interface TokenText {
  /** In characters, as it was given; 0 when it was no text. */
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
  /** What was signed; only when the text is exactly as a token has to be. */
  readonly signedText: string | undefined
}

/**
 * Takes a text apart and never throws. What people leave around a token (`Bearer `, quotes, line
 * breaks) is told and taken off, so that what is inside can be looked at too.
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
  // Beside real line breaks, the two characters \n that a JSON or environment file has for one.
  const joined = unquoted.replace(/\s|\\[nrt]/g, '')
  // Around nothing there is nothing to tell but that.
  if (joined === '') return { token: '', notes: { ...notes, hasScheme: false } }
  notes.hasQuotes = unquoted !== token
  notes.hasWhiteSpace = trimmed || joined !== unquoted
  return { token: joined, notes }
}

const quotes = '"\'`“”„«»'

/** Of a line of JSON or of code, what stands behind the second quotation mark goes with it. */
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

/** Padding, the plain alphabet and bits left over: wrong, but what was meant can be read. */
function readLeniently(text: string): Uint8Array | undefined {
  const plain = trimEndOf(text, '=').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return undefined
  return decodeBase64(plain)
}

function readObject(part: TokenPart): JsonObject {
  return readJsonObject(part.bytes ?? new Uint8Array())
}
