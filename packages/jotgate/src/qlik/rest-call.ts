import { isWholeNumber } from '../values/index.ts'
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
import type { QlikProduct } from './product.ts'
import { refusalOf } from './refusal.ts'
import { checkRestHeader } from './rest-headers.ts'
import { type QlikSession, secretsOf } from './session.ts'

export type RestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One call of Qlik's REST. */
export interface RestCall extends CallOptions {
  /** Default GET. */
  method?: RestMethod
  /**
   * Path and query, such as `/api/v1/items?limit=10`, on client-managed Qlik from behind the prefix of the
   * virtual proxy on: `/qrs/about`. Or a whole address of the deployment's own origin.
   */
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

/** Makes one REST call of a product's session; `callAs` says how. */
export async function makeRestCall(
  product: QlikProduct,
  session: QlikSession,
  call: RestCall,
): Promise<RestAnswer> {
  const request = toRequest(product, session, call)
  const { timeoutMs = 60_000, maxBytes = defaultMaxBytes, clock, ...how } = call
  const options = { ...how, timeoutMs }
  const secrets = secretsOf(session)
  let answer = await follow(product, session, request, options)
  if (answer.status === 403 && !isRead(request)) {
    const renewed = await renewedSession(product, session, options)
    if (renewed !== undefined) {
      await answer.discard()
      secrets.push(...secretsOf(renewed))
      answer = await follow(product, renewed, request, options)
    }
  }
  if (answer.status < 200 || answer.status > 299) {
    const { call: name, status, headers } = answer
    const text = await readText(answer, maxRefusalBytes).catch(() => '')
    const refused = { call: name, status, headers, text }
    const causes = product.causesOf(status)
    throw refusalOf(refused, { secrets, causes, ...(clock === undefined ? {} : { clock }) })
  }
  await refusePage(answer, request)
  return toAnswer(answer, maxBytes)
}

type Request = QlikRequest & { readonly method: RestMethod }

const isRead = ({ method }: Request) => method === 'GET' || method === 'HEAD'

/** Checks everything that can be wrong before anything is sent. */
function toRequest(product: QlikProduct, session: QlikSession, call: RestCall): Request {
  const { method = 'GET', body, headers = {} } = call
  const refuse = (option: string, problem: string) =>
    qlikErrors.ERR_QLIK_OPTION({ option, problem })
  if (!['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
    throw refuse('method', 'must be GET, HEAD, POST, PUT, PATCH or DELETE')
  const url = toAddress(product, session, call.path)
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
function toAddress(
  product: QlikProduct,
  { deployment }: QlikSession,
  path: string | URL,
): URL | undefined {
  const { origin } = new URL(deployment.url)
  if (typeof path === 'string' && !/^(\/(?![/\\])|https?:\/\/)[^\\\s#]*$/.test(path))
    return undefined
  const base = product.basePath(deployment)
  const isPath = typeof path === 'string' && path.startsWith('/')
  const address = isPath ? `${base}${path}` : `${path}`
  if (!URL.canParse(address, deployment.url)) return undefined
  const url = new URL(address, deployment.url)
  // `/..` would lead to another virtual proxy.
  if (isPath && !url.pathname.startsWith(`${base}/`)) return undefined
  // A password in the address would be sent; fetch refuses such an address in words of its own.
  const isPlain = url.username === '' && url.password === '' && url.hash === ''
  return url.origin === origin && isPlain ? url : undefined
}

/** Follows redirects of reading calls, on the one origin that the cookies are for. */
async function follow(
  product: QlikProduct,
  session: QlikSession,
  request: Request,
  options: CallOptions,
): Promise<QlikStream> {
  let current = session
  let { url } = request
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const own = product.authorizeHttp(current)
    const headers = { ...request.headers, ...own.headers }
    const answer = await sendToQlik(
      { ...request, url: withQuery(url, own.query), headers },
      options,
    )
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
    current = product.receiveAnswer(current, answer.headers)
    url = target
  }
  const call = `${request.method} ${request.url.pathname}`
  const problem = `redirects more than ${maxRedirects} times`
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem })
}

/** The same address with our parameters; what is written in the query stays as it is encoded. */
function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const own = Object.entries(query)
  if (own.length === 0) return url
  const names = own.map(([name]) => name.toLowerCase())
  const isOther = (pair: string) => !names.includes(pair.split('=')[0]?.toLowerCase() ?? '')
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && isOther(pair))
  const pairs = [...others, ...own.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)]
  const whole = new URL(url)
  whole.search = pairs.join('&')
  return whole
}

/** Asks only briefly, whatever the call's own limit is; a failure leaves the refusal as it stands. */
async function renewedSession(
  product: QlikProduct,
  session: QlikSession,
  options: CallOptions,
): Promise<QlikSession | undefined> {
  const timeoutMs = Math.min(options.timeoutMs ?? 10_000, 10_000)
  const renewed = await product
    .renewCsrfToken({ ...options, timeoutMs, session })
    .catch(() => undefined)
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
