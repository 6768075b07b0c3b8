import { isJotgateError } from '../../errors/index.ts'
import { createXrfkey } from '../../protocol/index.ts'
import { readOrigin, valueOrThrow } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik, type QlikAnswer } from '../http.ts'
import { refusalOf } from '../refusal.ts'
import { causesAtService } from './causes.ts'
import { withXrfkey } from './proxy-url.ts'

/** One call of a service of client-managed Qlik. */
export interface ServiceCall {
  readonly method?: string
  /** From the root of the service on, each segment encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>> | undefined
  /** Sent as JSON. */
  readonly body?: unknown
  /** A part of the path that is a secret: errors do not repeat it. */
  readonly secret?: string
  /** Statuses besides 2xx that the caller understands. */
  readonly accepts?: readonly number[]
}

/** Makes calls of one service. Each throws unless the answer is 2xx or one that the call accepts. */
export type ServiceCalls = (call: ServiceCall) => Promise<QlikAnswer>

/**
 * Calls of the repository (port 4242) or a proxy (port 4243) at its own port, with the client certificate that
 * the transport behind `fetch` shows.
 *
 * @param options.headers more fields of each call
 */
export function createServiceCalls(
  options: CallOptions & { url: string; headers?: Readonly<Record<string, string>> },
): ServiceCalls {
  const origin = valueOrThrow(readOrigin('url', options.url), qlikErrors.ERR_QLIK_OPTION)
  return async ({ method = 'GET', path, query = {}, body, secret, accepts = [] }) => {
    const own = withXrfkey(createXrfkey(), {
      accept: 'application/json',
      ...options.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    })
    const url = new URL(path, origin)
    // Encoded by hand: a + for a blank is read as such by forms alone.
    url.search = Object.entries({ ...query, ...own.query })
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&')
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const shown = secret === undefined ? path : path.replace(secret, '[secret]')
    const request = { url, method, headers: own.headers, call: `${method} ${shown}`, ...sent }
    const answer = await callQlik(request, options).catch(explainUnreachable)
    const { status } = answer
    if ((status >= 200 && status <= 299) || accepts.includes(status)) return answer
    const secrets = secret === undefined ? [] : [secret]
    throw refusalOf(answer, { secrets, causes: causesAtService(status) })
  }
}

/** A server that wants a client certificate often cuts the connection without a word. */
function explainUnreachable(error: unknown): never {
  const isCut = /^(the connection was cut|ECONNRESET|ERR_SSL_)/
  if (!isJotgateError(error, 'ERR_QLIK_UNREACHABLE') || !isCut.test(error.details.reason))
    throw error
  throw qlikErrors.ERR_QLIK_UNREACHABLE(
    {
      ...error.details,
      causes: [
        'no client certificate was given, or not one that this server issued: export it in the QMC, Certificates',
        'another service listens at this port: the repository has 4242, a proxy 4243',
      ],
    },
    { cause: error },
  )
}

/** What an answer contains as JSON. */
export function jsonOf({ call, text }: QlikAnswer): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'is not JSON' })
  }
}
