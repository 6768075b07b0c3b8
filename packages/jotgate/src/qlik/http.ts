import { limitBytes, readBytes, readWholeNumber, valueOrThrow } from '../values/index.ts'
import { qlikErrors } from './errors.ts'

/** How a call to Qlik is made. */
export interface CallOptions {
  /** The fetch that is used. Default the runtime's. */
  fetch?: typeof globalThis.fetch
  /** How long an answer may take, body included. Default 10000, 1 to 300000. */
  timeoutMs?: number
  /** Gives up when it aborts; the call rejects with its reason. */
  signal?: AbortSignal
}

/** An answer that has been read to its end. */
export interface QlikAnswer {
  /** Method and path: how errors name the call. */
  readonly call: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** An answer whose body is still to come. */
export interface QlikStream {
  readonly call: string
  readonly status: number
  readonly headers: Headers
  /** For one reader; who leaves early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
  /** Closes it unread. */
  discard(): Promise<void>
}

/** What is sent; the body as a whole, so that a call can be made again. */
export interface QlikRequest {
  readonly url: URL
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  /** How errors name the call. Default method and path; another for a path with a secret. */
  readonly call?: string
}

const maxBodyBytes = 1_048_576
/** undici's own limits for the head of an answer and for a silence within it. */
const undiciTimeoutMs = 300_000

/**
 * Makes one call and reads the answer, with a limit on time and size. A redirect is an answer like
 * any other: what follows it must decide where credentials go.
 */
export async function callQlik(request: QlikRequest, options: CallOptions): Promise<QlikAnswer> {
  checkTimeout(options.timeoutMs, 300_000)
  const stream = await sendToQlik(request, options)
  const { call, status, headers } = stream
  return { call, status, headers, text: await readText(stream, maxBodyBytes) }
}

/** Makes one call and gives the answer as soon as it begins; the limit on time holds to its end. */
export async function sendToQlik(request: QlikRequest, options: CallOptions): Promise<QlikStream> {
  const { url, method = 'GET', headers, body } = request
  const { fetch = globalThis.fetch, timeoutMs = 10_000, signal } = options
  const { call = `${method} ${url.pathname}` } = request
  const timeout = AbortSignal.timeout(timeoutMs)
  const toFailure = (error: unknown, begun: boolean): unknown => {
    if (signal?.aborted === true) return signal.reason
    if (timeout.aborted) return qlikErrors.ERR_QLIK_TIMEOUT({ call, timeoutMs }, { cause: error })
    // What fetch throws for a network failure is a TypeError around the system's own error.
    if (!(error instanceof TypeError)) return error
    const reason = connectionFailure(error.cause)
    if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(reason))
      return qlikErrors.ERR_QLIK_TIMEOUT({ call, timeoutMs: undiciTimeoutMs }, { cause: error })
    if (begun) return qlikErrors.ERR_QLIK_BROKEN_OFF({ call, reason }, { cause: error })
    return qlikErrors.ERR_QLIK_UNREACHABLE({ url: url.origin, reason }, { cause: error })
  }
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body }),
    })
    const { status, headers: received } = response
    return {
      call,
      status,
      headers: received,
      body: chunksOf(response, toFailure),
      // Nobody wants this answer, so it may break off.
      discard: async () => response.body?.cancel().catch(() => undefined),
    }
  } catch (error) {
    throw toFailure(error, false)
  }
}

/** @throws ERR_QLIK_OPTION when it is not a whole number of milliseconds from 1 to `max` */
export function checkTimeout(timeoutMs: number | undefined, max: number): void {
  const reading = readWholeNumber('timeoutMs', timeoutMs, { min: 1, max, fallback: 1 })
  valueOrThrow(reading, qlikErrors.ERR_QLIK_OPTION)
}

async function* chunksOf(
  { body }: Response,
  toFailure: (error: unknown, begun: boolean) => unknown,
): AsyncGenerator<Uint8Array> {
  if (body === null) return
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw toFailure(error, true)
  }
}

/** @throws ERR_QLIK_ANSWER when more than `maxBytes` come */
export function limited(stream: QlikStream, maxBytes: number): AsyncGenerator<Uint8Array> {
  return limitBytes(stream.body, maxBytes, tooLarge(stream, maxBytes))
}

export async function readText(stream: QlikStream, maxBytes: number): Promise<string> {
  const bytes = await readBytes(stream.body, maxBytes, tooLarge(stream, maxBytes))
  return new TextDecoder().decode(bytes)
}

const tooLarge =
  ({ call }: QlikStream, maxBytes: number) =>
  () =>
    qlikErrors.ERR_QLIK_ANSWER({ call, problem: `is larger than ${maxBytes} bytes` })

/**
 * Says in a few words why a connection failed. Several addresses that were tried make one AggregateError, whose
 * first error has the reason.
 */
export function connectionFailure(cause: unknown): string {
  if (cause instanceof AggregateError) return connectionFailure(cause.errors[0])
  if (!(cause instanceof Error)) return 'the connection failed'
  if (cause.name === 'HTTPParserError') return 'what answers there does not speak HTTP'
  // Of all ports, fetch leaves those alone that belong to other protocols (https://fetch.spec.whatwg.org).
  if (cause.message === 'bad port') return 'that port is reserved for another protocol'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  if (code === undefined) return 'the connection failed'
  if (code === 'UND_ERR_SOCKET') return 'the connection was cut'
  const [, words] = certificateFaults.find(([pattern]) => pattern.test(code)) ?? []
  return words === undefined ? code : `${code}: ${words}`
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what is done about each. */
const certificateFaults: readonly (readonly [RegExp, string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired, or the clock here is wrong'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet, or the clock here is wrong'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host name'],
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|^CERT_(UNTRUSTED|SIGNATURE_FAILURE)$/,
    'the authority behind its certificate is not known here; NODE_EXTRA_CA_CERTS=FILE makes one known, NODE_USE_SYSTEM_CA=1 those of this machine; for one deployment, `--ca-file FILE` and `--authorities system` do',
  ],
  [
    /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|HANDSHAKE_FAILURE|NO_CERTIFICATE)$/,
    'it wants a client certificate that it trusts, and was given none, or another',
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    'what answers there does not speak TLS',
  ],
]
