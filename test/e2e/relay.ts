import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer of the tenant on its way through. */
export interface Passing {
  method: string
  path: string
  status: number
  headers: Record<string, string | string[]>
  body: string
}

/** What happens to an answer: nothing, changes, half of it and then no connection, or half and then silence. */
export type Tampering = undefined | Partial<Passing> | 'cut' | 'stall'

/** What stands between a client and the tenant, as proxies and broken networks do. */
export interface Relay {
  url: string
  /** What was asked, in order. */
  requests: { method: string; path: string; headers: IncomingHttpHeaders }[]
  /** Decides on each answer; none is touched until it is set. */
  tamper: (answer: Passing) => Tampering
  /** Header fields that a request gets on its way, by its path; none until it is set. */
  adds: (path: string) => Record<string, string>
  close(): Promise<void>
}

/** Starts one in front of a tenant; links in answers lead to the relay, as Host is passed on. */
export async function startRelay(tenantPort: number): Promise<Relay> {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = '', url: path = '', headers } = incoming
    relay.requests.push({ method, path, headers })
    const sent = { ...headers, ...relay.adds(path) }
    // By a connection of its own: one that was kept could be closed in the moment in which it is used.
    const to = { host: '127.0.0.1', port: tenantPort, agent: false }
    const asked = request({ ...to, method, path, headers: sent })
    incoming.pipe(asked)
    const [answer] = await once(asked, 'response')
    let body = ''
    for await (const chunk of answer.setEncoding('utf8')) body += chunk
    const passing = { method, path, status: answer.statusCode, headers: answer.headers, body }
    const change = relay.tamper(passing)
    const changed: Passing = { ...passing, ...(typeof change === 'object' ? change : {}) }
    const { 'transfer-encoding': _, ...kept } = changed.headers
    const length = String(Buffer.byteLength(changed.body))
    outgoing.writeHead(changed.status, { ...kept, 'content-length': length })
    if (change !== 'cut' && change !== 'stall') {
      outgoing.end(method === 'HEAD' ? undefined : changed.body)
      return
    }
    outgoing.write(changed.body.slice(0, changed.body.length / 2), () => {
      if (change === 'cut') outgoing.destroy()
    })
  }
  const server = createServer((incoming, outgoing) => {
    // Where the tenant breaks off, so does the relay.
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const relay: Relay = {
    url: `http://localhost:${port}`,
    requests: [],
    tamper: () => undefined,
    adds: () => ({}),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return relay
}
