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

const maxBodyBytes = 1_048_576

/**
 * Makes one call and reads the answer, with a limit on time and size. A redirect is an answer like
 * any other: what follows it must decide where credentials go.
 */
export async function callQlik(
  request: { url: URL; method?: string; headers: Record<string, string>; body?: string },
  options: CallOptions,
): Promise<QlikAnswer> {
  const { url, method = 'GET', headers, body } = request
  const { fetch = globalThis.fetch, timeoutMs = 10_000, signal } = options
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 300_000) {
    const problem = 'must be a whole number from 1 to 300000'
    throw qlikErrors.ERR_QLIK_OPTION({ option: 'timeoutMs', problem })
  }
  const call = `${method} ${url.pathname}`
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body }),
    })
    const text = await readText(response, call)
    return { call, status: response.status, headers: response.headers, text }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    if (timeout.aborted) throw qlikErrors.ERR_QLIK_TIMEOUT({ call, timeoutMs }, { cause: error })
    // What fetch throws for a network failure is a TypeError around the system's own error.
    if (!(error instanceof TypeError)) throw error
    const reason = reasonOf(error.cause)
    throw qlikErrors.ERR_QLIK_UNREACHABLE({ url: url.origin, reason }, { cause: error })
  }
}

async function readText(response: Response, call: string): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > maxBodyBytes) {
      const problem = `is larger than ${maxBodyBytes} bytes`
      throw qlikErrors.ERR_QLIK_ANSWER({ call, problem })
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** Several addresses that were tried make one AggregateError, whose first error tells the reason. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return 'the connection failed'
}
