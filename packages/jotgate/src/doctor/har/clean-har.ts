import { shownAddress } from './address.ts'
import { type Exchange, headerOf } from './exchange.ts'
import { readError } from './known-error.ts'
import type { Har } from './read-har.ts'
import { createRedactor, type Redactor, removed } from './secrets.ts'

/** Header fields whose values say how a login went and give no access; of others the name stays. */
const publicFields = new Set([
  'accept',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-request-headers',
  'access-control-request-method',
  'age',
  'cache-control',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'date',
  'host',
  'origin',
  'qlik-web-integration-id',
  'retry-after',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-storage-access',
  'server',
  'strict-transport-security',
  'upgrade',
  'user-agent',
  'vary',
  'x-frame-options',
  'x-request-id',
])

/**
 * Makes a HAR 1.2 that can be sent to somebody: made of what a login needs alone, so that a member that this program
 * does not know cannot bring a secret along. Of bodies it has the words of errors alone, of web sockets nothing.
 *
 * @param har as `readHar` gives it
 * @returns the value to write as JSON
 * @example
 * const text = JSON.stringify(cleanHar(await readHar('login.har')))
 */
export function cleanHar(har: Har): object {
  const redactor = createRedactor(har.exchanges)
  return {
    log: {
      version: '1.2',
      creator: { name: 'jotgate', version: '0', comment: `Cleaned; recorded by ${har.recordedBy}` },
      pages: [],
      entries: har.exchanges.map((exchange) => cleanEntry(exchange, redactor)),
    },
  }
}

function cleanEntry(exchange: Exchange, redactor: Redactor): object {
  const { at, durationMs, method, url, status, failure, kind } = exchange
  const words = status >= 400 ? redactor.cleanForeign(readError(exchange).said) : nobodyIn(exchange)
  const failureText = failure === undefined ? {} : { _error: redactor.cleanForeign(failure) }
  return {
    startedDateTime: new Date(at).toISOString(),
    time: durationMs ?? 0,
    request: {
      method: /^[A-Z]{1,10}$/.test(method) ? method : 'GET',
      url: shownAddress(url, redactor),
      httpVersion: '',
      cookies: [],
      headers: cleanHeaders(exchange.requestHeaders, redactor),
      queryString: [],
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status,
      statusText: '',
      httpVersion: '',
      cookies: [],
      headers: cleanHeaders(exchange.responseHeaders, redactor),
      content: {
        size: -1,
        mimeType: redactor.cleanForeign(headerOf(exchange.responseHeaders, 'content-type') ?? ''),
        ...(words === '' ? {} : { text: words }),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
      ...failureText,
    },
    cache: {},
    timings: { send: -1, wait: -1, receive: -1 },
    ...(kind === 'socket' ? { _resourceType: 'websocket' } : {}),
    ...(kind === 'preflight' ? { _resourceType: 'preflight' } : {}),
  }
}

/** Client-managed Qlik says in the body of a 200 that nobody is logged in. */
const nobodyIn = ({ responseBody = '' }: Exchange) =>
  /"session"\s*:\s*"inactive"/.test(responseBody) ? '{"session":"inactive"}' : ''

function cleanHeaders(headers: Headers, redactor: Redactor): object[] {
  return [...headers].map(([name, value]) => ({
    name: redactor.cleanForeign(name),
    value: cleanValue(name, value, redactor),
  }))
}

function cleanValue(name: string, value: string, redactor: Redactor): string {
  if (name === 'set-cookie') return cleanCookie(value, redactor)
  // The names say whether a session came back.
  if (name === 'cookie')
    return value
      .split(/[;,]\s*/)
      .map((pair) => cleanCookie(pair, redactor))
      .join('; ')
  if (name === 'authorization')
    return `${/^(Bearer|Basic|Negotiate|NTLM)\b/i.exec(value)?.[0] ?? ''} ${removed}`.trim()
  if (name === 'location') {
    const url = URL.parse(value)
    return url === null ? removed : shownAddress(url, redactor)
  }
  if (!publicFields.has(name)) return removed
  return name === 'qlik-web-integration-id' || name === 'x-request-id'
    ? redactor.clean(value)
    : redactor.cleanForeign(value)
}

/** A cookie’s name and attributes say whether it can come back; the value is the secret. */
function cleanCookie(line: string, redactor: Redactor): string {
  const [pair = '', ...attributes] = line.split(';')
  const name = redactor.cleanForeign(pair.split('=')[0] ?? '')
  const known = attributes.filter((one) =>
    /^\s*(secure|httponly|partitioned|samesite=\w+)\s*$/i.test(one),
  )
  return [`${name}=${removed}`, ...known.map((one) => one.trim())].join('; ')
}
