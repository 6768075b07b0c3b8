import { readUser, type User } from '../../token/index.ts'
import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import { type HostRequest, toHostRequest } from './host-request.ts'
import type { Identifier, IdentifierFactory, Identity, RequestToIdentify } from './identity.ts'

/** The host application's own answer: the user, or nothing when nobody is logged in. */
export type UserOf = (
  request: HostRequest,
) => User | undefined | null | Promise<User | undefined | null>

/** What `identifyByCallback` takes beside the function. */
export interface CallbackOptions {
  /** How long an answer may take, in milliseconds. Default 2000, 10 to 10000. */
  readonly timeoutMs?: number
}

/**
 * Asks the host application who sends a request, for a gateway that it mounts or whose process it shares.
 *
 * It is asked with each request (an answer is kept for up to 5 seconds) and every 5 seconds while only web
 * sockets are open. Another person, or nobody, ends the session at once. Look the person up by what the
 * client sent, such as the session cookie in `headers`: middleware of the host application has not run for
 * the upgrade to a web socket, and its results may be old while only sockets are open.
 *
 * @param userOf gives the user, or undefined or null when nobody is logged in. Their e-mail address reaches
 * Qlik only with `emailVerified: true`, their groups only as `createAuthorise` allows
 * @param options.timeoutMs how long an answer may take, in milliseconds. Default 2000, 10 to 10000
 * @throws ERR_GATEWAY_OPTION, TypeError without a function. A request is answered with
 * ERR_GATEWAY_HOST_SILENT (503) when the function throws, is too slow, or returns something else than a user
 * @see docs/decisions/0014-who-sends-a-request.md
 * @example
 * const sessions = new Map([['s-1', { id: '42', name: 'Ada', mail: 'ada@acme.example' }]])
 * const identify = identifyByCallback(({ headers }) => {
 *   const [, sessionId = ''] = /(?:^|; )sid=([^;]+)/.exec(headers.get('cookie') ?? '') ?? []
 *   const person = sessions.get(sessionId)
 *   if (person === undefined) return undefined
 *   return { subject: person.id, name: person.name, email: person.mail, emailVerified: true }
 * })
 */
export function identifyByCallback(
  userOf: UserOf,
  options: CallbackOptions = {},
): IdentifierFactory {
  if (typeof userOf !== 'function') throw new TypeError('A function is needed')
  const timeoutMs = valueOrThrow(
    readWholeNumber('timeoutMs', options.timeoutMs, { min: 10, max: 10_000, fallback: 2000 }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const identify = async (
    request: RequestToIdentify,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Identity | undefined> => {
    const answer = await ask(userOf, request, timeoutMs, signal)
    if (answer === undefined || answer === null) return undefined
    const user = valueOrThrow(readUser(answer), ({ option, problem }) =>
      silent(`the answer of the host application is not a user: ${option} ${problem}`),
    )
    return Object.freeze({ user, source: 'callback' })
  }
  return () => Object.freeze<Identifier>({ asksHost: true, identify })
}

const silent = (problem: string, cause?: unknown) =>
  gatewayErrors.ERR_GATEWAY_HOST_SILENT({ problem }, { cause })

/** The function may ignore the signal, and go on for as long as it likes. */
async function ask(
  userOf: UserOf,
  request: RequestToIdentify,
  timeoutMs: number,
  given: AbortSignal | undefined,
): Promise<unknown> {
  given?.throwIfAborted()
  const waiting = new AbortController()
  const { signal } = waiting
  const tooLate = () => waiting.abort(silent(`there was no answer within ${timeoutMs} ms`))
  const gone = () => waiting.abort(given?.reason)
  const timer = setTimeout(tooLate, timeoutMs)
  given?.addEventListener('abort', gone, { once: true })
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    const answer = Promise.resolve(toHostRequest(request, signal)).then(userOf)
    return await Promise.race([answer, aborted])
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw silent('the host application threw an error', cause)
  } finally {
    clearTimeout(timer)
    given?.removeEventListener('abort', gone)
    waiting.abort()
  }
}
