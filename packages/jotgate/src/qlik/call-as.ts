import { isWholeNumber } from '../values/index.ts'
import { receiveCookies } from './cookies.ts'
import { qlikErrors } from './errors.ts'
import {
  type CallOptions,
  checkTimeout,
  limited,
  type QlikRequest,
  type QlikStream,
  readText,
  sendToQlik,
} from './http.ts'
import { productFor } from './product-for.ts'
import { refusalOf } from './refusal.ts'
import { checkRestHeader } from './rest-headers.ts'
import { changeSession, type QlikSession, secretsOf } from './session.ts'

export type RestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One call of Qlik's REST. */
export interface RestCall extends CallOptions {
  /** Default GET. */
  method?: RestMethod
  /** Path and query, such as `/api/v1/items?limit=10`, or a whole address of the deployment's own origin. */
  path: string | URL
  /** More header fields. `content-type` is `application/json` when a body comes without one. */
  headers?: Readonly<Record<string, string>>
  /** Not with GET or HEAD. */
  body?: string | Uint8Array<ArrayBuffer>
  /** How long the answer may take, body included. Default 60000, 1 to 3600000. */
  timeoutMs?: number
  /** How large the answer may be. Default 16 MiB; `Infinity` for a download that is streamed. */
  maxBytes?: number
  /** The time now, in milliseconds since 1970, for a Retry-After that is a date. Default `Date.now`. */
  clock?: () => number
}

/** A 2xx answer. Its body has one reader: one of the three below. */
export interface RestAnswer {
  /** Method and path: how errors name the call. */
  readonly call: string
  readonly status: number
  readonly headers: Headers
  /** As it comes in; leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
  text(): Promise<string>
  /** Nothing when there is no body, as with 204. */
  json(): Promise<unknown>
}

const defaultMaxBytes = 16 * 1_048_576
/** Of an answer that is none: enough for Qlik's words. */
const maxRefusalBytes = 1_048_576
const maxRedirects = 5

/**
 * Makes one REST call as the user whose session it is.
 *
 * The session's cookies and CSRF token go with it, and to the deployment's own origin only. GET and HEAD
 * follow redirects there. A write that is refused with 403 is sent a second time when Qlik, asked again, gives
 * another CSRF token than the one that was sent. Nothing else is sent twice.
 *
 * @param session what `openSession` gave
 * @param call.path path and query, or a whole address of the deployment's origin
 * @param call.method GET when omitted
 * @param call.headers more fields; none of those that make the call the user's
 * @param call.body a text or bytes
 * @param call.timeoutMs 60000 when omitted, 1 to 3600000; the body included
 * @param call.maxBytes 16 MiB when omitted; `Infinity` for downloads
 * @returns a 2xx answer
 * @throws ERR_QLIK_NOT_LOGGED_IN (401), ERR_QLIK_RATE_LIMITED (429, with `retryAfterSeconds`),
 * ERR_QLIK_REFUSED (other 4xx) or ERR_QLIK_FAILED (5xx) with Qlik's own words; ERR_QLIK_REDIRECT when
 * the answer points to another origin; ERR_QLIK_ANSWER for one that is too large, or an HTML page that
 * `headers.accept` did not ask for; ERR_QLIK_UNREACHABLE, ERR_QLIK_TIMEOUT, ERR_QLIK_BROKEN_OFF;
 * ERR_QLIK_OPTION for a wrong option
 * @see https://qlik.dev/apis/rest/
 * @example
 * import { callAs, type QlikSession } from 'jotgate/qlik'
 *
 * async function createSpace(session: QlikSession, name: string) {
 *   const body = JSON.stringify({ name, type: 'shared' })
 *   const answer = await callAs(session, { method: 'POST', path: '/api/v1/spaces', body })
 *   return answer.json()
 * }
 */
export async function callAs(session: QlikSession, call: RestCall): Promise<RestAnswer> {
  const request = toRequest(session, call)
  const { timeoutMs = 60_000, maxBytes = defaultMaxBytes, clock, ...how } = call
  const options = { ...how, timeoutMs }
  const secrets = secretsOf(session)
  let answer = await follow(session, request, options)
  if (answer.status === 403 && !isRead(request)) {
    const renewed = await renewedSession(session, options)
    if (renewed !== undefined) {
      await answer.discard()
      secrets.push(...secretsOf(renewed))
      answer = await follow(renewed, request, options)
    }
  }
  if (answer.status < 200 || answer.status > 299) {
    const { call: name, status, headers } = answer
    const text = await readText(answer, maxRefusalBytes).catch(() => '')
    const refused = { call: name, status, headers, text }
    throw refusalOf(refused, { secrets, ...(clock === undefined ? {} : { clock }) })
  }
  await refusePage(answer, request)
  return toAnswer(answer, maxBytes)
}

type Request = QlikRequest & { readonly method: RestMethod }

const isRead = ({ method }: Request) => method === 'GET' || method === 'HEAD'

/** Checks everything that can be wrong before anything is sent. */
function toRequest(session: QlikSession, call: RestCall): Request {
  const { method = 'GET', body, headers = {} } = call
  const refuse = (option: string, problem: string) =>
    qlikErrors.ERR_QLIK_OPTION({ option, problem })
  if (!['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
    throw refuse('method', 'must be GET, HEAD, POST, PUT, PATCH or DELETE')
  const url = toAddress(session, call.path)
  if (url === undefined) throw refuse('path', addressForm)
  checkTimeout(call.timeoutMs, 3_600_000)
  const { maxBytes = defaultMaxBytes } = call
  if (
    !(maxBytes === Number.POSITIVE_INFINITY || isWholeNumber(maxBytes, 1, Number.MAX_SAFE_INTEGER))
  )
    throw refuse('maxBytes', 'must be a whole number from 1, or Infinity')
  const sent: Record<string, string> = { accept: 'application/json, */*;q=0.5' }
  if (body !== undefined) sent['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(headers)) {
    const problem = checkRestHeader(name, value)
    if (problem !== undefined) throw refuse('headers', `has one field that ${problem}`)
    sent[name.toLowerCase()] = value
  }
  if (body === undefined) return { url, method, headers: sent }
  if (method === 'GET' || method === 'HEAD') throw refuse('body', `does not go with ${method}`)
  return { url, method, headers: sent, body }
}

const addressForm =
  'must begin with one slash and hold no blanks, # or \\, or be a whole address of the deployment’s origin'

/** A second slash would name another host, a backslash is one to the URL parser, and it drops tabs. */
function toAddress({ deployment }: QlikSession, path: string | URL): URL | undefined {
  const { origin } = new URL(deployment.url)
  if (typeof path === 'string' && !/^(\/(?![/\\])|https?:\/\/)[^\\\s#]*$/.test(path))
    return undefined
  if (!URL.canParse(`${path}`, deployment.url)) return undefined
  const url = new URL(path, deployment.url)
  // A password in the address would be sent; fetch refuses such an address in words of its own.
  const isPlain = url.username === '' && url.password === '' && url.hash === ''
  return url.origin === origin && isPlain ? url : undefined
}

/** Follows redirects of reading calls, on the one origin that the cookies are for. */
async function follow(
  session: QlikSession,
  request: Request,
  options: CallOptions,
): Promise<QlikStream> {
  const seam = productFor(session.deployment)
  let current = session
  let { url } = request
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const headers = { ...request.headers, ...seam.authorizeHttp(current) }
    const answer = await sendToQlik({ ...request, url, headers }, options)
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status > 399 || location === null) return answer
    await answer.discard()
    const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined
    const { call } = answer
    if (target?.origin !== url.origin)
      throw qlikErrors.ERR_QLIK_REDIRECT({ call, origin: target?.origin ?? 'no address' })
    if (!isRead(request)) {
      const problem = `is a redirect to ${target.pathname}, and only GET and HEAD follow those`
      throw qlikErrors.ERR_QLIK_ANSWER({ call, problem })
    }
    const cookies = receiveCookies(answer.headers, current.cookies)
    current = changeSession(current, { cookies })
    url = target
  }
  const call = `${request.method} ${request.url.pathname}`
  const problem = `redirects more than ${maxRedirects} times`
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem })
}

/** Asks only briefly, whatever the call's own limit is; a failure leaves the refusal as it stands. */
async function renewedSession(
  session: QlikSession,
  options: CallOptions,
): Promise<QlikSession | undefined> {
  const timeoutMs = Math.min(options.timeoutMs ?? 10_000, 10_000)
  const { renewCsrfToken } = productFor(session.deployment)
  const renewed = await renewCsrfToken({ ...options, timeoutMs, session }).catch(() => undefined)
  options.signal?.throwIfAborted()
  return renewed
}

/** A log-in page or a proxy's notice comes with 200 too; as data it would pass for success. */
async function refusePage(answer: QlikStream, { headers }: Request): Promise<void> {
  const type = answer.headers.get('content-type') ?? ''
  const isPage = /^(text\/html|application\/xhtml\+xml)\b/i.test(type.trim())
  if (!isPage || /html/i.test(headers.accept ?? '')) return
  await answer.discard()
  const problem = 'is an HTML page, where data was expected'
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem })
}

function toAnswer(stream: QlikStream, maxBytes: number): RestAnswer {
  const { call, status, headers } = stream
  const text = () => readText(stream, maxBytes)
  return {
    call,
    status,
    headers,
    body: limited(stream, maxBytes),
    text,
    async json() {
      const body = await text()
      if (body === '') return undefined
      try {
        return JSON.parse(body) as unknown
      } catch {
        // What JSON.parse says would quote the answer.
        throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'is not JSON' })
      }
    },
  }
}
