import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { createTransport } from '../../qlik/index.ts'
import type { CertifiedKey } from '../../qlik/tls.fixture.ts'
import { cloud } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import type { AuditEvent } from '../audit/audit-log.ts'
import type { Decision } from '../forward/decision.ts'
import { prefixed } from '../forward/prefix.fixture.ts'
import { createUpstreamNodes } from '../nodes/upstream-nodes.ts'
import { sendProblemOnSocket } from '../server/problem.ts'
import { readRequest } from '../server/read-request.ts'
import type { EndReason, GatewaySession } from '../session/gateway-session.ts'
import { here } from '../session/place.fixture.ts'
import type { UpstreamSession } from '../session/upstream-session.ts'
import { readSite } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { acceptOf } from './handshake.ts'
import type { RewriteNotification } from './notification-filter.ts'
import type { SocketsClosed } from './session-watch.ts'
import { createTunnels, type Tunnels, type TunnelsOptions } from './tunnels.ts'

type Forward = Extract<Decision, { outcome: 'forward' }>

/** A session that a test ends. */
export function openSession(subject = '42'): GatewaySession & { end(reason: EndReason): void } {
  const controller = new AbortController()
  return {
    id: `session of ${subject}`,
    holder: 'browser',
    ...here,
    user: { subject },
    identity: { source: 'callback', subject: `host ${subject}` },
    openedAt: 0,
    ended: controller.signal,
    end: (reason) => controller.abort(reason),
  }
}

/** How a stage differs from one that carries everything. */
export interface TunnelStageOptions extends Partial<Omit<TunnelsOptions, 'deployment'>> {
  /** Answers upgrades in place of `ws`, by bytes. */
  readonly onUpgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** The session of each upgrade. Default one for all. */
  readonly sessionOf?: (incoming: IncomingMessage) => GatewaySession
  /** What Qlik gets; the session's cookie by default. */
  readonly headers?: readonly (readonly [string, string])[]
  readonly renew?: () => Promise<Forward>
  /** Addresses of further nodes. */
  readonly otherNodes?: readonly string[]
  /** Decides slowly. */
  readonly beforeDecision?: () => Promise<void>
  readonly perMessageDeflate?: boolean
  /** Whether it is client-managed Qlik, whose web sockets take no pings. */
  readonly isClientManaged?: boolean
  readonly rewriteNotification?: RewriteNotification
  /** The certificate of a Qlik that is reached by TLS. */
  readonly tls?: CertifiedKey
}

/** A Qlik of web sockets, and tunnels in front of it. */
export async function openTunnelStage(options: TunnelStageOptions = {}) {
  const qlikServer = options.tls
    ? createTlsServer({ cert: options.tls.certificate, key: options.tls.key })
    : createServer()
  const engine = new WebSocketServer({
    noServer: true,
    maxPayload: 0,
    perMessageDeflate: options.perMessageDeflate ?? false,
  })
  const upgrades: IncomingMessage[] = []
  const upstreamSockets: Duplex[] = []
  const gatewaySockets: Duplex[] = []
  qlikServer.on('upgrade', (incoming, socket, head) => {
    upgrades.push(incoming)
    upstreamSockets.push(socket)
    socket.on('error', () => undefined)
    if (options.onUpgrade) options.onUpgrade(incoming, socket, head)
    else engine.handleUpgrade(incoming, socket, head, (one) => engine.emit('connection', one))
  })
  const qlikPort = await listen(qlikServer)

  const url = `http${options.tls ? 's' : ''}://localhost:${qlikPort}`
  const session = openSession()
  const upstream = {
    id: 'qlik-session-1',
    node: url,
    received: [] as string[],
    receiveCookies: (headers: Headers) => void upstream.received.push(...headers.getSetCookie()),
  }
  const lines: AuditEvent[] = []
  const used: GatewaySession[] = []
  const events: SocketsClosed[] = []
  const errors: unknown[] = []
  const away = new Set<string>()
  const time = { now: 0 }
  const nodes = createUpstreamNodes({
    urls: [url, ...(options.otherNodes ?? [])],
    clock: () => time.now,
    async ask(node) {
      if (away.has(node)) throw new Error('away')
    },
  })
  const tunnels: Tunnels = createTunnels({
    deployment: options.isClientManaged
      ? { ...prefixed, url }
      : cloud({ url, issuer: 'acme.example' }),
    transport: await createTransport({}),
    nodes,
    sessions: { use: (one) => void used.push(one) },
    audit: {
      async record(event) {
        lines.push(event)
      },
    },
    onEvent: (event) => void events.push(event),
    ...options,
  })

  const server = createServer()
  server.on('upgrade', (incoming, socket, head) => {
    gatewaySockets.push(socket)
    const id = `request-${errors.length}`
    socket.on('error', () => undefined)
    open().catch((error) => {
      errors.push(error)
      sendProblemOnSocket(socket, error, id)
    })

    async function open() {
      const request = readRequest(incoming, {
        sites: createSites([readSite(`http://localhost:${port}`, [])]),
        kind: 'upgrade',
        id,
      })
      await options.beforeDecision?.()
      const decision: Forward = {
        outcome: 'forward',
        route: { access: 'session', pattern: '/app/{appId}', rewrites: false },
        session: options.sessionOf?.(incoming) ?? session,
        upstream: upstream as unknown as UpstreamSession,
        target: request.path + request.query,
        headers: options.headers ?? [['cookie', 'eas.sid=s1']],
      }
      const { renew, rewriteNotification } = options
      const again = renew && (async () => ({ ...decision, ...(await renew()) }))
      const how = definedOf({ renew: again, rewriteNotification })
      await tunnels.open(request, socket, head, decision, how)
    }
  })
  const port = await listen(server)
  const clients: WebSocket[] = []

  return {
    tunnels,
    nodes,
    /** Nodes that do not answer when they are asked. */
    away,
    /** Of the nodes. */
    time,
    session,
    upstream,
    upgrades,
    upstreamSockets,
    gatewaySockets,
    engine,
    lines,
    used,
    events,
    errors,
    port,
    url,
    server,
    /** Makes the engine send back what it gets. */
    echo() {
      engine.on('connection', (one: WebSocket) => {
        one.on('message', (data, isBinary) => one.send(data, { binary: isBinary }))
      })
      return this
    },
    /** Opens a socket as a browser does. */
    connect({ path = '/app/a1', ...more }: ClientOptions = {}) {
      const client = new WebSocket(`ws://localhost:${port}${path}`, more.protocols ?? [], {
        perMessageDeflate: false,
        maxPayload: 0,
        ...more,
      })
      clients.push(client)
      return client
    },
    /** Opens one, and waits for its 101 and for Qlik's side. */
    async open(clientOptions: ClientOptions = {}) {
      const atQlik = once(engine, 'connection') as Promise<[WebSocket]>
      const client = this.connect(clientOptions)
      await once(client, 'open')
      const [qlik] = await atQlik
      return { client, qlik }
    },
    /** Opens a connection of bytes. */
    raw(): Socket {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      return socket
    },
    /** Opens a web socket of bytes; `qlik` is the other side, when the stage accepts upgrades by bytes. */
    async openRaw() {
      const client = this.raw()
      const before = upstreamSockets.length
      client.write(upgradeRequest(port))
      let head = Buffer.alloc(0)
      while (!head.includes('\r\n\r\n')) {
        const [chunk] = await once(client, 'data')
        head = Buffer.concat([head, chunk])
      }
      client.pause()
      client.unshift(head.subarray(head.indexOf('\r\n\r\n') + 4))
      return { client, qlik: upstreamSockets[before] as Duplex }
    },
    async stopQlik() {
      qlikServer.closeAllConnections()
      qlikServer.close()
      await once(qlikServer, 'close')
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.terminate()
      for (const socket of upstreamSockets) socket.destroy()
      await tunnels.close()
      for (const one of [server, qlikServer]) {
        one.closeAllConnections()
        one.close()
      }
    },
  }
}

type ClientOptions = import('ws').ClientOptions & {
  readonly path?: string
  readonly protocols?: string[]
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Answers an upgrade as Qlik would, for a test that writes the bytes itself. */
export function acceptUpgrade(
  incoming: IncomingMessage,
  socket: Duplex,
  _head?: Buffer,
  fields = '',
): void {
  const key = String(incoming.headers['sec-websocket-key'])
  socket.write(
    `HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${acceptOf(key)}\r\n${fields}\r\n`,
  )
}

/** The request of an upgrade as bytes. */
export function upgradeRequest(
  port: number,
  change: Readonly<Record<string, string | undefined>> = {},
): string {
  const fields: Record<string, string | undefined> = {
    host: `localhost:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    ...change,
  }
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  )
  return `GET /app/a1 HTTP/1.1\r\n${lines.join('')}\r\n`
}
