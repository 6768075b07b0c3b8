import type { IncomingMessage, RequestOptions } from 'node:http'
import { systemCode } from '../../files/index.ts'
import { isObject, parseJsonObject } from '../../values/index.ts'
import { cliErrors } from '../errors.ts'

/** Where the administration of a gateway listens. */
export type AdminPlace =
  | { readonly socket: string }
  | {
      readonly host: string
      readonly port: number
      readonly isTls: boolean
      readonly bearer: string
    }

/** Asks the administration of a gateway. */
export interface AdminClient {
  /** All sessions that a filter means. @throws ERR_CLI_GATEWAY */
  list(filter: Readonly<Record<string, string>>): Promise<readonly object[]>
  /** Ends sessions. @throws ERR_CLI_GATEWAY */
  end(
    path: string,
    filter: Readonly<Record<string, string>>,
  ): Promise<{ readonly sessions: number; readonly sockets: number }>
}

/** Sessions of one answer, and so its size. */
const pageSize = 5000
const maxAnswerBytes = 67_108_864
const timeoutMs = 30_000

export function createAdminClient(place: AdminPlace, signal: AbortSignal): AdminClient {
  const at = 'socket' in place ? place.socket : `${place.host}, port ${place.port}`
  const failed = (problem: string, cause?: unknown) =>
    cliErrors.ERR_CLI_GATEWAY({ at, problem }, { cause })

  const ask = async (
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const target = `${path}?${new URLSearchParams(query)}`.replace(/\?$/, '')
    const options = { ...toOptions(place), method, path: target, signal, timeout: timeoutMs }
    const { status, text } = await send(place, options).catch((error: unknown) => {
      signal.throwIfAborted()
      throw failed(`cannot be asked: ${reasonOf(error)}`, error)
    })
    const json = parseJsonObject(text)
    if (json === undefined) throw failed('has given an answer that is not JSON')
    if (status === 200) return json
    const { code, detail } = json
    throw failed(`answers ${status}: ${[detail, code].find((one) => typeof one === 'string')}`)
  }

  return {
    async list(filter) {
      const rows: object[] = []
      let after: Record<string, string> = {}
      for (;;) {
        const page = { ...filter, limit: String(pageSize), ...after }
        const { sessions, next } = await ask('GET', '/sessions', page)
        if (!Array.isArray(sessions) || !sessions.every(isObject))
          throw failed('has given an answer without sessions')
        for (const one of sessions) rows.push(one)
        if (typeof next !== 'string') return rows
        after = { after: next }
      }
    },
    async end(path, filter) {
      const { sessions, sockets } = await ask('DELETE', path, filter)
      return { sessions: Number(sessions), sockets: Number(sockets) }
    },
  }
}

function toOptions(place: AdminPlace): RequestOptions {
  if ('socket' in place) return { socketPath: place.socket, host: 'localhost' }
  const { host, port, bearer } = place
  return { host, port, headers: { authorization: `Bearer ${bearer}` } }
}

async function send(
  place: AdminPlace,
  options: RequestOptions,
): Promise<{ status: number; text: string }> {
  const isTls = 'isTls' in place && place.isTls
  const { request } = isTls ? await import('node:https') : await import('node:http')
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(options, resolve)
    asked.on('error', reject)
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    asked.end()
  })
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk
    if (text.length > maxAnswerBytes) throw new Error('the answer is too large')
  }
  return { status: answer.statusCode ?? 0, text }
}

function reasonOf(error: unknown): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket',
    ECONNREFUSED: 'nobody listens there',
    EACCES: 'this user may not use it',
  }
  const code = systemCode(error)
  if (code === 'unknown') return error instanceof Error ? error.message : 'it failed'
  return words[code] ?? code
}
