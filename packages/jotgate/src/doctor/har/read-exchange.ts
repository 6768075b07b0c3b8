import { isObject, type JsonObject } from '../../values/index.ts'
import {
  type Exchange,
  type ExchangeKind,
  maxBodyCharacters,
  type SocketFrame,
} from './exchange.ts'

/** Reads an entry of a HAR; undefined when it has no address of HTTP or no time. */
export function readExchange(entry: unknown): Exchange | undefined {
  if (!isObject(entry) || !isObject(entry.request)) return undefined
  const { request } = entry
  const response: JsonObject = isObject(entry.response) ? entry.response : {}
  const url = urlOf(request.url)
  const at = timeOf(entry.startedDateTime)
  if (url === undefined || at === undefined) return undefined
  const failure = failureOf(entry, response)
  const requestHeaders = headersOf(request.headers)
  const responseHeaders = headersOf(response.headers)
  addCookies(requestHeaders, responseHeaders, request.cookies, response.cookies)
  const kind = kindOfEntry(entry, url, requestHeaders, failure)
  return {
    at,
    durationMs: typeof entry.time === 'number' && entry.time >= 0 ? entry.time : undefined,
    method: textOf(request.method)?.toUpperCase() ?? 'GET',
    url,
    kind,
    requestHeaders,
    requestBody: bodyOf(request.postData) ?? '',
    status: statusOf(response.status, failure),
    responseHeaders,
    responseBody: bodyOf(response.content),
    failure,
    frames: framesOf(entry._webSocketMessages),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

function urlOf(value: unknown): URL | undefined {
  const url = URL.parse(textOf(value) ?? '')
  return url !== null && /^(https?|wss?):$/.test(url.protocol) ? url : undefined
}

function timeOf(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** Playwright says `_failureText`, Chrome `_error` of the response; others say nothing. */
function failureOf(entry: JsonObject, response: JsonObject): string | undefined {
  const said = [response._failureText, response._error, entry._error].find(
    (one) => typeof one === 'string' && one !== '',
  )
  return textOf(said)?.slice(0, 300)
}

/** Of a refused handshake some recorders tell the status in words alone. */
function statusOf(value: unknown, failure: string | undefined): number {
  if (typeof value === 'number' && value >= 100 && value <= 599) return value
  return Number(/Unexpected response code: ([1-5]\d\d)\b/.exec(failure ?? '')?.[1] ?? 0)
}

function headersOf(value: unknown): Headers {
  const headers = new Headers()
  if (!Array.isArray(value)) return headers
  for (const { name, value: text } of value.filter(isObject)) {
    if (typeof name !== 'string' || typeof text !== 'string') continue
    try {
      // Several lines of Set-Cookie may come as one.
      for (const line of text.split('\n')) headers.append(name, line)
    } catch {
      // The fields of HTTP/2 that begin with a colon, and names that HTTP does not allow.
    }
  }
  return headers
}

/** Some recorders tell cookies in lists of their own alone. */
function addCookies(request: Headers, response: Headers, sent: unknown, set: unknown): void {
  const pairs = (value: unknown) =>
    (Array.isArray(value) ? value : [])
      .filter(isObject)
      .map((cookie) => ({ ...cookie, pair: `${textOf(cookie.name)}=${textOf(cookie.value)}` }))
  const append = (headers: Headers, name: string, text: string) => {
    try {
      headers.append(name, text)
    } catch {
      // A value that no field may have.
    }
  }
  if (!request.has('cookie')) for (const { pair } of pairs(sent)) append(request, 'cookie', pair)
  if (response.has('set-cookie')) return
  for (const { pair, ...cookie } of pairs(set) as (JsonObject & { pair: string })[]) {
    const sameSite = textOf(cookie.sameSite)
    const attributes = [
      sameSite === undefined ? '' : `; SameSite=${sameSite}`,
      cookie.secure === true ? '; Secure' : '',
    ]
    append(response, 'set-cookie', pair + attributes.join(''))
  }
}

/** Text, also where the file has it in base64; undefined for what is not in the file. */
function bodyOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const text = textOf(value.text) ?? paramsOf(value.params)
  if (text === undefined) return undefined
  if (value.encoding !== 'base64') return text.slice(0, maxBodyCharacters)
  const bytes = Buffer.from(text.slice(0, maxBodyCharacters * 2), 'base64')
  return new TextDecoder().decode(bytes).slice(0, maxBodyCharacters)
}

/** A posted form may come as a list of its fields alone. */
function paramsOf(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const pairs = value
    .filter(isObject)
    .map(({ name, value: text }): [string, string] => [textOf(name) ?? '', textOf(text) ?? ''])
  return new URLSearchParams(pairs).toString()
}

/** Chrome and Playwright tell the type; for others what the browser asked for does, or the address. */
function kindOfEntry(
  entry: JsonObject,
  url: URL,
  headers: Headers,
  failure: string | undefined,
): ExchangeKind {
  const type = entry._resourceType
  const wanted = headers.get('sec-fetch-dest') ?? ''
  if (/^wss?:$/.test(url.protocol) || type === 'websocket' || isUpgrade(headers)) return 'socket'
  if (type === 'preflight' || (isObject(entry.request) && entry.request.method === 'OPTIONS'))
    return 'preflight'
  if (/^i?frame$/.test(wanted)) return 'frame'
  if (wanted === 'document') return 'page'
  // Without its header fields, as Playwright tells what failed: only a frame can be refused so.
  if (wanted === '' && type === 'document')
    return /BLOCKED_BY_RESPONSE/.test(failure ?? '') ? 'frame' : 'page'
  if (wanted !== '' || type !== undefined) return 'other'
  return /\btext\/html\b/.test(headers.get('accept') ?? '') ? 'page' : 'other'
}

const isUpgrade = (headers: Headers) => /websocket/i.test(headers.get('upgrade') ?? '')

const maxFrames = 400
const maxFrameCharacters = 16_384

/** The first and the last frames: a session opens with the one and ends with the other. */
function framesOf(value: unknown): readonly SocketFrame[] | undefined {
  if (!Array.isArray(value)) return undefined
  const some =
    value.length <= maxFrames
      ? value
      : [...value.slice(0, maxFrames / 2), ...value.slice(-maxFrames / 2)]
  return some.filter(isObject).map(({ type, data, opcode }) => ({
    isFromServer: type === 'receive',
    text: (textOf(data) ?? '').slice(0, maxFrameCharacters),
    closes: opcode === 8,
  }))
}
