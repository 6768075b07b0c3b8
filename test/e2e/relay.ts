import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from 'node:http'
import { Agent, request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'

/** A request on its way to the tenant. */
export interface Asked {
  method: string
  path: string
  headers: IncomingHttpHeaders
}

/** What a request gets in place of the tenant's answer: nothing, so that it passes; a refusal; or no connection. */
export type Refusal = undefined | { status: number; body: string } | 'cut'

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
  requests: Asked[]
  /** Decides on each request before the tenant has it, which may take time; all pass until it is set. */
  refuse: (asked: Asked) => Refusal | Promise<Refusal>
  /** Decides on each answer; none is touched until it is set. */
  tamper: (answer: Passing) => Tampering
  /** Header fields that a request gets on its way, by its path; none until it is set. */
  adds: (path: string) => Record<string, string>
  close(): Promise<void>
}

/** By which certificate a service is called that wants one, in PEM. */
export interface ServiceIdentity {
  ca: string
  certificate: string
  key: string
}

function callsTo(port: number, identity?: ServiceIdentity) {
  const to = { host: '127.0.0.1', port }
  if (identity === undefined) {
    // By a connection of its own: one that was kept could be closed in the moment in which it is used.
    const call = (how: RequestOptions) => request({ ...to, agent: false, ...how })
    return { call, close: () => undefined }
  }
  // Kept all the same, and certificates read once: a handshake takes longer than most calls.
  const { ca, certificate: cert, key } = identity
  const secureContext = createSecureContext({ ca, cert, key })
  const agent = new Agent({ secureContext, servername: 'localhost', keepAlive: true })
  const call = (how: RequestOptions) => secureRequest({ ...to, agent, ...how })
  return { call, close: () => agent.destroy() }
}

/**
 * Starts one in front of a tenant; links in answers lead to the relay, as Host is passed on.
 *
 * @param identity for a service that is called by certificate, which the relay then is without one
 */
export async function startRelay(tenantPort: number, identity?: ServiceIdentity): Promise<Relay> {
  const tenant = callsTo(tenantPort, identity)
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = '', url: path = '', headers } = incoming
    const asking = { method, path, headers }
    relay.requests.push(asking)
    const refusal = await relay.refuse(asking)
    if (refusal !== undefined) {
      incoming.resume()
      if (refusal === 'cut') outgoing.destroy()
      else outgoing.writeHead(refusal.status).end(refusal.body)
      return
    }
    const asked = tenant.call({ method, path, headers: { ...headers, ...relay.adds(path) } })
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
    refuse: () => undefined,
    tamper: () => undefined,
    adds: () => ({}),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      tenant.close()
      await closed
    },
  }
  return relay
}
