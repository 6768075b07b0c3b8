import { engineUrl, productFor, type QlikSession, type Transport } from '../../qlik/index.ts'
import { isObject, type JsonObject } from '../../values/index.ts'

/** A web socket to the engine, as far as it came. */
export interface EngineConnection {
  /** `open`: the engine has greeted; `closed`: it was opened and then closed; `refused`: it was not opened. */
  readonly state: 'open' | 'closed' | 'refused'
  /** The names of the notifications that came, in order. */
  readonly notifications: readonly string[]
  /** What the engine called its session: `SESSION_CREATED`, `SESSION_ERROR_NO_LICENSE`; undefined when it did not. */
  readonly sessionState: string | undefined
  /** Of a web socket that was closed by the other side: code and reason. */
  readonly closing: { readonly code: number; readonly reason: string } | undefined
  /** Whether the proxy asks to log in. */
  readonly mustAuthenticate: boolean
  /** Calls a method of an object, -1 for the engine itself; gives the result, or the engine’s error. */
  call(handle: number, method: string, params: unknown): Promise<EngineAnswer>
  close(): void
}

interface EngineAnswer {
  readonly result?: JsonObject
  readonly error?: { readonly code: number; readonly message: string }
}

/** How long a greeting and an answer may take. */
const timeoutMs = 20_000
/** The last words of the proxy before it closes the socket. */
const isLast = (method: string) =>
  /Denied|Exceeded|TimedOut|LoggedOut|Closed|NoEngine|Failed/.test(method)

interface EngineOptions {
  readonly session: QlikSession
  readonly appId: string
  readonly transport?: Transport | undefined
  /** Of the page that a browser would name. Default the deployment’s own. */
  readonly origin?: string
}

/** Opens one until the engine says that it is connected, or it is clear that it does not. */
export async function connectEngine(options: EngineOptions): Promise<EngineConnection> {
  const socket = await openSocket(options)
  const notifications: string[] = []
  const waiting = new Map<number, (answer: EngineAnswer) => void>()
  const state = Promise.withResolvers<EngineConnection['state']>()
  let isOpen = false
  let sessionState: string | undefined
  let closing: EngineConnection['closing']
  let mustAuthenticate = false
  const timer = setTimeout(() => state.resolve(isOpen ? 'closed' : 'refused'), timeoutMs)
  const lost = { error: { code: -1, message: 'the web socket was closed' } }
  socket.addEventListener('open', () => {
    isOpen = true
  })
  socket.addEventListener('error', () => state.resolve(isOpen ? 'closed' : 'refused'))
  socket.addEventListener('close', ({ code, reason }) => {
    closing = { code, reason }
    state.resolve(isOpen ? 'closed' : 'refused')
    for (const answer of waiting.values()) answer(lost)
  })
  socket.addEventListener('message', ({ data }) => {
    const message = parse(data)
    if (message === undefined) return
    const { id, method, params, result, error } = message
    if (typeof id === 'number') {
      waiting.get(id)?.({
        ...(isObject(result) ? { result } : {}),
        ...(isObject(error)
          ? { error: { code: Number(error.code), message: String(error.message) } }
          : {}),
      })
      waiting.delete(id)
    }
    if (typeof method !== 'string' || notifications.length >= 100) return
    notifications.push(method)
    if (isObject(params) && params.mustAuthenticate === true) mustAuthenticate = true
    if (method === 'OnConnected') {
      sessionState = isObject(params) ? String(params.qSessionState) : undefined
      const isRefusal = /ERROR|FAILURE/.test(sessionState ?? '')
      state.resolve(isRefusal ? 'closed' : 'open')
    }
    if (mustAuthenticate || isLast(method)) state.resolve('closed')
  })
  const reached = await state.promise
  clearTimeout(timer)
  let lastId = 0
  return {
    state: reached,
    notifications,
    sessionState,
    get closing() {
      return closing
    },
    mustAuthenticate,
    call(handle, method, params) {
      lastId += 1
      const id = lastId
      const answer = Promise.withResolvers<EngineAnswer>()
      if (socket.readyState !== socket.OPEN) return Promise.resolve(lost)
      waiting.set(id, answer.resolve)
      const late = setTimeout(
        () => answer.resolve({ error: { code: -1, message: `no answer within ${timeoutMs} ms` } }),
        timeoutMs,
      )
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, handle, method, params, delta: false }))
      return answer.promise.finally(() => clearTimeout(late))
    },
    close: () => socket.close(),
  }
}

async function openSocket({
  session,
  appId,
  transport,
  origin,
}: EngineOptions): Promise<WebSocket> {
  const product = productFor(session.deployment)
  const how = transport === undefined ? {} : { fetch: transport.fetch }
  const prepared = await product.prepareUpgrade({ session, ...how })
  const url = engineUrl({ session: prepared, appId })
  const own = product.authorizeUpgrade(prepared).headers
  const headers = origin === undefined ? own : { ...own, origin }
  if (transport !== undefined) return transport.openSocket(url, headers)
  // The standard’s types have no headers; Node’s own WebSocket takes them.
  const Socket = WebSocket as unknown as new (url: string, how: object) => WebSocket
  return new Socket(url, { headers })
}

function parse(data: unknown): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
