import { setTimeout as wait } from 'node:timers/promises'
import type { QlikSession } from '../../qlik/index.ts'
import { cliErrors } from '../errors.ts'
import { reasonOf } from '../result.ts'
import type { Entrance } from './credentials.ts'

/** One call of Qlik's REST. */
export interface RestCall {
  readonly method: string
  readonly url: URL
  readonly body?: string
  readonly contentType?: string
}

/** A session that is opened when it is needed, and once more when Qlik has ended it. */
export interface RestClient {
  call(request: RestCall): Promise<Response>
  session(): Promise<QlikSession>
  token(): string | undefined
  /** Ends the session at Qlik; that it cannot be ended is no failure of the call before. */
  end(): Promise<void>
}

const timeoutMs = 60_000
const maxWaits = 3
const maxWaitSeconds = 120
const maxRedirects = 5

export async function createRestClient(
  entrance: Entrance,
  note: (text: string) => void,
): Promise<RestClient> {
  const { endSession, productFor } = await import('../../qlik/index.ts')
  let current: Awaited<ReturnType<Entrance['open']>> | undefined
  const opened = async () => {
    current ??= await entrance.open()
    return current
  }
  const send = async (request: RestCall): Promise<Response> => {
    const { session } = await opened()
    const seam = productFor(session.deployment)
    return fetchFrom(request, {
      ...seam.authorizeHttp(session),
      accept: 'application/json, */*;q=0.5',
      ...(request.body === undefined
        ? {}
        : { 'content-type': request.contentType ?? 'application/json' }),
    })
  }
  const callOnce = async (request: RestCall): Promise<Response> => {
    const answer = await send(request)
    const { session } = await opened()
    const lost = productFor(session.deployment).isSessionLost({ status: answer.status })
    if (!lost || !entrance.again) return answer
    await answer.body?.cancel()
    note('note: the session had ended; a new one is opened')
    current = undefined
    return send(request)
  }
  return {
    async call(request) {
      for (let waits = 0; ; waits += 1) {
        const answer = await callOnce(request)
        if (answer.status !== 429 || waits === maxWaits) return answer
        await answer.body?.cancel()
        const seconds = secondsToWait(answer, waits)
        note(`note: Qlik asks to wait ${seconds} s (429)`)
        await wait(seconds * 1000)
      }
    },
    session: async () => (await opened()).session,
    token: () => current?.token,
    async end() {
      if (current === undefined) return
      await endSession({ session: current.session }).catch(() => undefined)
    },
  }
}

function secondsToWait(answer: Response, waits: number): number {
  const asked = Number(answer.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(asked) && asked >= 0 ? Math.min(asked, maxWaitSeconds) : 2 ** waits
}

/** Follows redirects of reading calls, on the one origin that the cookies are for. */
async function fetchFrom(request: RestCall, headers: Record<string, string>): Promise<Response> {
  let { url } = request
  for (let hop = 0; ; hop += 1) {
    const answer = await fetchOnce({ ...request, url }, headers)
    const location = answer.headers.get('location')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (answer.status < 300 || answer.status > 399 || location === null || !isRead) return answer
    if (!URL.canParse(location, url.href)) return answer
    const target = new URL(location, url)
    if (target.origin !== url.origin || hop === maxRedirects) return answer
    await answer.body?.cancel()
    url = target
  }
}

async function fetchOnce(
  { method, url, body }: RestCall,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    })
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    const reason = reasonOf(cause) === 'unknown' ? 'no answer' : reasonOf(cause)
    throw cliErrors.ERR_CLI_UNREACHABLE({ url: url.origin, reason }, { cause: error })
  }
}

/** What Qlik said of a refusal, cut to length and without control characters. */
export async function refusalOf(call: string, answer: Response): Promise<Error> {
  const text = (await answer.text()).slice(0, 10_000)
  let said = ''
  try {
    const { errors } = JSON.parse(text) as {
      errors?: { code?: string; title?: string; detail?: string }[]
    }
    const first = errors?.[0]
    said = [first?.code, first?.title, first?.detail]
      .filter((word) => typeof word === 'string')
      .join(', ')
  } catch {
    said = ''
  }
  const clean = said.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300)
  return cliErrors.ERR_CLI_ANSWER({
    call,
    status: answer.status,
    said: clean === '' ? '' : `: ${clean}`,
  })
}
