import { isObject, looksSecret, parseJsonObject } from '../../values/index.ts'
import type { Exchange } from './exchange.ts'

/** Removes secrets from text that is about to be shown. */
export interface Redactor {
  /** From our own words with values in them: what the file has as a secret, and tokens. */
  clean(text: string): string
  /** From what others wrote: in addition whatever has the shape of a secret. */
  cleanForeign(text: string): string
}

/** What stands in the place of a secret, also in a file that was cleaned before. */
export const removed = '[removed]'

/** Names of fields, parameters and members whose values are secrets. */
const secretNames =
  /token|secret|passw|pwd|pin$|^code$|^state$|nonce|verifier|challenge|assertion|session|csrf|xsrf|xrfkey|jwt|ticket|credential|authoriz|api-?key|^key$|^sig|signature|cookie|otp/i

const isSecretName = (name: string): boolean =>
  secretNames.test(name) && !publicNames.has(name.toLowerCase())

/** What sounds like a secret and is none. */
const publicNames = new Set(['qsessionstate', 'session-state', 'statuscode'])

/** Collects the secrets of a file, so that they are found wherever else they stand. */
export function createRedactor(exchanges: readonly Exchange[]): Redactor {
  const finder = createFinder()
  for (const exchange of exchanges) collect(exchange, finder.add)
  const clean = (text: string) => finder.remove(text).replace(tokens, removed).replace(pem, removed)
  return {
    clean,
    cleanForeign: (text) =>
      clean(text)
        .replace(schemes, `$1 ${removed}`)
        .replace(assignments, (all, name: string, between: string) =>
          isSecretName(name) ? `${name}${between}${removed}` : all,
        )
        .replace(words, (word) => (looksSecret(word) || isLongHex(word) ? removed : word)),
  }
}

/** A JWT, whole or cut off. */
const tokens = /\bey[A-Za-z][\w-]{8,}(\.[\w-]*)+|\beyJ[\w-]{8,}/g
const pem = /-----BEGIN [\s\S]*?(-----END [^-]*-----|$)/g
const schemes = /\b(Bearer|Basic|Negotiate|NTLM)\s+[\w+/=.~-]+/gi
const assignments = /([\w.-]{2,60})(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"'&;,<>[\]]+)/g
const words = /[\w+/-]{20,}/g
const isLongHex = (word: string) => /^[0-9a-f]{25,}$/i.test(word)

function collect(exchange: Exchange, add: (secret: string) => void): void {
  const { url, requestHeaders, responseHeaders, requestBody, responseBody } = exchange
  for (const line of [requestHeaders.get('cookie') ?? '', ...responseHeaders.getSetCookie()])
    for (const pair of line.split(/[;,]\s*/)) addCookie(pair, add)
  for (const headers of [requestHeaders, responseHeaders])
    for (const [name, value] of headers) if (isSecretName(name)) addHeader(value, add)
  for (const address of [url, URL.parse(responseHeaders.get('location') ?? '', url.href)])
    if (address !== null) addAddress(address, add)
  addBody(requestBody, add)
  addBody(responseBody ?? '', add)
}

function addCookie(pair: string, add: (secret: string) => void): void {
  const at = pair.indexOf('=')
  if (at <= 0 || /^(path|domain|expires|max-age|samesite|priority)$/i.test(pair.slice(0, at)))
    return
  const value = pair.slice(at + 1).trim()
  // A preference in words is none, and would be taken out of sentences.
  if (value.length >= 8 && !/^[A-Za-z][a-z-]*$/.test(value) && !isAddress(value)) add(value)
}

const isAddress = (value: string) =>
  /^(https?:\/\/)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?\/?$/i.test(value)

function addHeader(value: string, add: (secret: string) => void): void {
  const [, scheme, rest] = /^(\w+)\s+(\S+)$/.exec(value) ?? []
  add(rest ?? value)
  if (scheme?.toLowerCase() !== 'basic' || rest === undefined) return
  const pair = Buffer.from(rest, 'base64').toString()
  add(pair)
  add(pair.slice(pair.indexOf(':') + 1))
}

function addAddress(url: URL, add: (secret: string) => void): void {
  if (url.password !== '') add(decoded(url.password))
  const parameters = [url.searchParams, new URLSearchParams(url.hash.slice(1))]
  for (const list of parameters)
    for (const [name, value] of list) if (isSecretName(name)) add(value)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Of JSON the members with such names, of a form its fields. */
function addBody(body: string, add: (secret: string) => void): void {
  if (body === '' || body.length > 65_536) return
  const json = parseJsonObject(body)
  if (json !== undefined) addMembers(json, add, 0)
  else if (/^[\w%.+*-]+=/.test(body)) addFields(body, add)
}

function addFields(body: string, add: (secret: string) => void): void {
  for (const [name, value] of new URLSearchParams(body)) if (isSecretName(name)) add(value)
}

function addMembers(value: unknown, add: (secret: string) => void, depth: number): void {
  if (depth > 8) return
  if (Array.isArray(value)) for (const one of value.slice(0, 100)) addMembers(one, add, depth + 1)
  if (!isObject(value)) return
  for (const [name, member] of Object.entries(value))
    if (typeof member === 'string' && isSecretName(name) && !isErrorCode(member)) add(member)
    else addMembers(member, add, depth + 1)
}

/** `LOGIN-10`, `ERR_GATEWAY_STORE`: the code of an error has the same name as the one of a login. */
const isErrorCode = (text: string) => /^[A-Z][A-Z0-9]*([-_][A-Z0-9]+)+$/.test(text)

/** Fewer letters would be found in many words. */
const shortest = 6
/** Candidates for the same beginning; what goes beyond is taken for a secret by its beginning alone. */
const maxAlike = 32

/** Finds any of many secrets in a text, by their first letters. */
function createFinder() {
  const byStart = new Map<string, Set<string>>()
  const addForm = (secret: string) => {
    if (secret.length < shortest) return
    const start = secret.slice(0, shortest)
    const alike = byStart.get(start) ?? new Set()
    byStart.set(start, alike)
    if (alike.size < maxAlike) alike.add(secret)
    else alike.add(start)
  }
  const lengthAt = (text: string, at: number): number => {
    let longest = 0
    for (const secret of byStart.get(text.slice(at, at + shortest)) ?? [])
      if (secret.length > longest && text.startsWith(secret, at)) longest = secret.length
    return longest
  }
  return {
    add(secret: string) {
      for (const form of new Set([secret, encodeURIComponent(wellFormed(secret)), decoded(secret)]))
        addForm(form)
      // An answer may quote the parts of a token one by one.
      if (secret.split('.').length === 3) for (const part of secret.split('.')) addForm(part)
    },
    remove(text: string): string {
      let clean = ''
      let from = 0
      for (let at = 0; at <= text.length - shortest; at += 1) {
        const length = lengthAt(text, at)
        if (length === 0) continue
        clean += text.slice(from, at) + removed
        from = at + length
        at = from - 1
      }
      return clean + text.slice(from)
    },
  }
}

const wellFormed = (text: string) => text.toWellFormed()
