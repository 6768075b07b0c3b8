// One browser's way through a gateway, by hand in Node: its cookies, its requests, its web sockets.
import { WebSocket } from 'ws'

/** A gateway, and the page from which it is asked. */
export interface Gate {
  readonly gatewayUrl: string
  readonly hostUrl: string
  /** What comes before Qlik's paths. Default nothing. */
  readonly base?: string
}

/** A web socket to the engine. */
export interface VisitorSocket {
  /** Of the request that opened it, as the gateway names it. */
  readonly requestId: string
  /** Asks Qlik's engine whose socket it is. */
  askUser(): Promise<string>
  /** How it was closed, when it is. */
  readonly closed: Promise<{ code: number; reason: string }>
  close(): void
}

/** A browser, or what stands for one. */
export interface Visitor {
  /** By name; what the host application and the gateway have set. */
  readonly cookies: Map<string, string>
  ask(path: string, init?: RequestInit): Promise<Response>
  /** POST /.jotgate/login with the cookies, and with an assertion where there is one. */
  logIn(assertion?: string): Promise<Response>
  /** The body of `/.jotgate/session`, or its problem. */
  session(): Promise<Record<string, unknown>>
  /** @throws an error with the status when the upgrade is refused */
  openSocket(appId: string): Promise<VisitorSocket>
}

export function createVisitor({ gatewayUrl, hostUrl, base = '' }: Gate): Visitor {
  const cookies = new Map<string, string>()
  const fieldsOf = () => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    origin: hostUrl,
  })
  const keep = (answer: Response) => {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { ...fieldsOf(), ...(init.headers as Record<string, string> | undefined) }
    return keep(await fetch(gatewayUrl + path, { ...init, headers }))
  }
  return {
    cookies,
    ask,
    logIn: (assertion) =>
      ask('/.jotgate/login', {
        method: 'POST',
        headers: assertion === undefined ? {} : { authorization: `Bearer ${assertion}` },
      }),
    session: async () => (await (await ask('/.jotgate/session')).json()) as Record<string, unknown>,
    openSocket: (appId) => openEngineSocket(gatewayUrl + base, appId, fieldsOf()),
  }
}

/** @param headers a browser's cookie and Origin, or a program's Authorization */
export async function openEngineSocket(
  gatewayUrl: string,
  appId: string,
  headers: Record<string, string>,
  options: { localAddress?: string; signal?: AbortSignal } = {},
): Promise<VisitorSocket> {
  const url = `${gatewayUrl.replace('http', 'ws')}/app/${appId}`
  const socket = new WebSocket(url, { headers, ...options })
  let requestId = ''
  socket.once('upgrade', (answer) => {
    requestId = String(answer.headers['x-request-id'])
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', async (request, answer) => {
      let body = ''
      for await (const chunk of answer) body += chunk
      request.destroy()
      const { statusCode: status } = answer
      reject(Object.assign(new Error(`The socket was refused: ${status} ${body}`), { status }))
    })
  })
  const answers = new Map<number, (user: string) => void>()
  let id = 0
  socket.on('error', () => undefined)
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: { qReturn?: string } }
    if (message.id !== undefined) answers.get(message.id)?.(message.result?.qReturn ?? '')
  })
  return {
    requestId,
    closed,
    askUser() {
      id += 1
      const own = id
      const call = { jsonrpc: '2.0', id, method: 'GetAuthenticatedUser', handle: -1, params: [] }
      return new Promise((resolve, reject) => {
        answers.set(own, resolve)
        void closed.then(({ code }) => reject(new Error(`The socket was closed: ${code}`)))
        socket.send(JSON.stringify(call))
      })
    },
    close: () => socket.close(),
  }
}
