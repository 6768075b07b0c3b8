import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import type { Env, Hono } from 'hono'

/** A request that goes through all rules of a server, but over no network. */
export interface AppRequest {
  readonly method: string
  readonly path: string
  /** Lower-case names; `host` decides what links say. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, in place of `body`. */
  readonly text?: string
}

/** What the server answered. */
export interface AppAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or undefined for an answer without a body or of another type. */
  readonly body: unknown
  readonly setCookies: readonly string[]
}

/** What handlers read of Node's message: the lines as they came, and the body as a stream. */
function toIncoming({ method, path, headers }: AppRequest, text: string): IncomingMessage {
  const stream = Readable.from(text === '' ? [] : [Buffer.from(text)])
  const message = {
    method,
    url: path,
    headers: { ...headers },
    rawHeaders: Object.entries(headers).flat(),
    httpVersion: '1.1',
    complete: true,
    socket: { remoteAddress: '127.0.0.1', encrypted: false },
  }
  return Object.assign(stream, message) as unknown as IncomingMessage
}

/** Sends a request to a server's routes as if it had come over the network. */
export async function callApp<AppEnv extends Env & { Bindings: HttpBindings }>(
  app: Hono<AppEnv>,
  request: AppRequest,
): Promise<AppAnswer> {
  const { method, path, headers, body } = request
  const text = request.text ?? (body === undefined ? '' : JSON.stringify(body))
  const bindings = { incoming: toIncoming(request, text) } as HttpBindings
  const hasBody = text !== '' && method !== 'GET' && method !== 'HEAD'
  const message = new Request(`http://localhost${path}`, {
    method,
    headers: { ...headers },
    ...(hasBody ? { body: text } : {}),
  })
  const response = await app.fetch(message, bindings)
  const answer = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return {
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie')),
    body: isJson ? JSON.parse(answer) : answer === '' ? undefined : answer,
    setCookies: response.headers.getSetCookie(),
  }
}
