import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import { createConnections } from './connections.ts'
import type { Handlers } from './handlers.ts'
import { sendProblem, sendProblemOnSocket } from './problem.ts'
import { createRateLimit, type Rate } from './rate-limit.ts'
import { createRequestId, requestLimits } from './read-request.ts'
import { createSlowClients, type SlowLimits, slowLimits } from './slow-clients.ts'
import type { Tls } from './tls.ts'
import { logExpiry } from './tls-expiry.ts'

/** How many connections there may be, and how long they may take. */
export interface ListenLimits {
  /** Default 20000. */
  readonly maxConnections: number
  /** From one IPv4 address or one IPv6 network of 64 bits. Default 10000. */
  readonly maxConnectionsPerAddress: number
  /**
   * TLS handshakes that one IPv4 address or one IPv6 network of 64 bits may begin, since each costs a signature. Default
   * 200 a second, 2000 at once.
   */
  readonly handshakes: Rate
  /** How long a TLS handshake may take. Default 10000. */
  readonly handshakeTimeoutMs: number
  /** Requests that one connection may send before the first of them is answered. Default 100. */
  readonly maxPipelined: number
  /** How long the head of a request may take. Default 10000. */
  readonly headersTimeoutMs: number
  /** How long a connection stays open without a request. Default 65000: longer than a load balancer's 60 s. */
  readonly keepAliveMs: number
  /** How long answers under way may take when the gateway closes. Default 10000. */
  readonly drainMs: number
  /** How long closing may take in all. Default 14000. */
  readonly closeMs: number
  readonly slow: SlowLimits
}

const listenLimits: ListenLimits = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: 10_000,
  handshakes: { perSecond: 200, burst: 2000 },
  handshakeTimeoutMs: 10_000,
  maxPipelined: 100,
  headersTimeoutMs: 10_000,
  keepAliveMs: 65_000,
  drainMs: 10_000,
  closeMs: 14_000,
  slow: slowLimits,
}

/** What `listen` takes. */
export interface ListenOptions {
  readonly handlers: Handlers
  /** 0 chooses a free one. */
  readonly port: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default none: HTTP alone. */
  readonly tls?: Tls
  readonly limits?: Partial<ListenLimits>
  /** Whether an address may have as many connections as it likes, as a load balancer has. Default none may. */
  readonly isTrustedPeer?: (address: string) => boolean
  /** Called once when it begins to close: tunnels close meanwhile. */
  readonly onClosing?: () => Promise<void> | void
  readonly log?: Logger
}

/** A gateway that listens. */
export interface ListeningServer {
  /** Such as http://127.0.0.1:8080; https with TLS. */
  readonly url: string
  readonly address: string
  readonly port: number
  readonly counts: {
    /** Connections that are open, tunnels included. */
    readonly connections: number
    /** Connections that were refused, because there were too many. */
    readonly refusedConnections: number
    /** TLS handshakes that failed: no TLS, an old version, another host name, too slow. */
    readonly failedHandshakes: number
    /** What was not HTTP. */
    readonly malformedRequests: number
    /** Clients that were cut because they were too slow. */
    readonly slowClients: number
  }
  /** Takes no more connections, lets answers under way finish, and closes the tunnels. Resolves when all are closed. */
  close(): Promise<void>
}

/**
 * Listens for requests, within limits that hold before a request is read: connections, and how long and how slowly one
 * may send. There is no time-out for a whole request or answer, since streams and downloads last.
 *
 * @throws ERR_GATEWAY_LISTEN
 */
export async function listen(options: ListenOptions): Promise<ListeningServer> {
  const { handlers, host = '127.0.0.1', tls, isTrustedPeer = () => false, onClosing, log } = options
  const limits = { ...listenLimits, ...options.limits }
  const counts = { failedHandshakes: 0, malformedRequests: 0, slowClients: 0 }
  const connections = createConnections({
    maxPerAddress: limits.maxConnectionsPerAddress,
    handshakes: tls && createRateLimit(limits.handshakes),
    isTrustedPeer,
  })
  /** Requests of a connection that are not answered yet. */
  const pending = new WeakMap<Duplex, number>()
  let inFlight = 0
  let closing: Promise<void> | undefined
  let drained: (() => void) | undefined

  const slowClients = createSlowClients(limits.slow, (response) => {
    counts.slowClients += 1
    if (!response.headersSent) response.setHeader('connection', 'close')
    sendProblem(response, gatewayErrors.ERR_GATEWAY_REQUEST_SLOW({}), createRequestId())
  })

  const httpOptions: ServerOptions = {
    maxHeaderSize: requestLimits.maxHeadBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: 1_000,
    // A request without Host is refused by `readRequest`, as a problem.
    requireHostHeader: false,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  }
  const server =
    tls === undefined
      ? createServer(httpOptions)
      : tls.attach(
          createTlsServer({
            ...httpOptions,
            ...tls.options,
            handshakeTimeout: limits.handshakeTimeoutMs,
          }),
        )
  // No limit of Node's own, which drops fields on some versions (CVE-2026-58044); `readRequest` has one.
  server.maxHeadersCount = 0
  server.maxConnections = limits.maxConnections

  server.on('drop', () => connections.drop())
  server.on('connection', (socket) => connections.admit(socket))
  server.on('secureConnection', (socket) => connections.secured(socket))

  function onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    const { socket } = incoming
    const count = (pending.get(socket) ?? 0) + 1
    if (count > limits.maxPipelined) {
      socket.destroy()
      return
    }
    pending.set(socket, count)
    inFlight += 1
    if (closing !== undefined) response.setHeader('connection', 'close')
    const unwatch = slowClients.watch(incoming, response)
    response.once('close', () => {
      unwatch()
      pending.set(socket, (pending.get(socket) ?? 1) - 1)
      inFlight -= 1
      if (closing === undefined) return
      server.closeIdleConnections()
      if (inFlight === 0) drained?.()
    })
    handlers.handler(incoming, response)
  }

  server.on('request', onRequest)
  // With these listeners Node itself answers neither 100 nor 417 before the decision.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)

  server.on('upgrade', (incoming, socket, head) => {
    if (closing !== undefined) {
      socket.on('error', () => socket.destroy())
      const error = gatewayErrors.ERR_GATEWAY_CLOSING({ retryAfterSeconds: 5 })
      sendProblemOnSocket(socket, error, createRequestId())
      return
    }
    handlers.upgrade(incoming, socket, head)
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (isTlsError(error)) {
      counts.failedHandshakes += 1
      log?.debug({ code: error.code }, 'A TLS handshake failed')
      const plain = error.code === 'ERR_SSL_HTTP_REQUEST' && connections.handshakeOf(socket)
      if (plain)
        sendProblemOnSocket(plain, gatewayErrors.ERR_GATEWAY_PLAIN_HTTP({}), createRequestId())
      else socket.destroy()
      return
    }
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    counts.malformedRequests += 1
    const requestId = createRequestId()
    log?.debug({ requestId, code: error.code }, 'Something came that is not HTTP')
    // An answer is under way: this would be taken for a part of it.
    if ((pending.get(socket) ?? 0) > 0) socket.destroy()
    else sendProblemOnSocket(socket, toProblem(error.code), requestId)
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        gatewayErrors.ERR_GATEWAY_LISTEN(
          { host, port: options.port, problem: listenProblem(systemCode(error)) },
          { cause: error },
        ),
      ),
    )
    server.listen({ port: options.port, host }, resolve)
  })
  server.on('error', (error) => log?.error({ err: error }, 'The listening socket failed'))
  const sweep = setInterval(() => slowClients.sweep(), 1_000)
  sweep.unref()
  const stopExpiry = tls && log && logExpiry(tls, log)
  const { address, port, family } = server.address() as AddressInfo

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    const tunnels = Promise.resolve(onClosing?.()).catch((error: unknown) =>
      log?.error({ err: error }, 'The tunnels did not close'),
    )
    const answers = new Promise<void>((resolve) => {
      drained = resolve
      if (inFlight === 0) resolve()
    })
    const cut = setTimeout(() => server.closeAllConnections(), limits.drainMs)
    const cutAll = setTimeout(() => connections.destroyAll(), limits.closeMs)
    connections.closeHandshakes()
    await answers
    server.closeIdleConnections()
    await Promise.race([tunnels, closed])
    // What is left now is half a request, or a tunnel that is closing.
    server.closeAllConnections()
    await closed
    clearTimeout(cut)
    clearTimeout(cutAll)
    clearInterval(sweep)
    stopExpiry?.()
  }

  return {
    url: `${tls === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    address,
    port,
    counts: {
      get connections() {
        return connections.size
      },
      get refusedConnections() {
        return connections.refused
      },
      get failedHandshakes() {
        return counts.failedHandshakes
      },
      get malformedRequests() {
        return counts.malformedRequests
      },
      get slowClients() {
        return counts.slowClients
      },
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** A handshake that failed, or bytes that are not what was agreed on: nothing can be answered within TLS. */
const isTlsError = ({ code }: NodeJS.ErrnoException) => /^ERR_(?:SSL|TLS)_/.test(code ?? '')

/** Node's name of what is wrong with a request. */
function toProblem(code: string | undefined): Error {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return gatewayErrors.ERR_GATEWAY_REQUEST_HEAD({
        problem: `is larger than ${requestLimits.maxHeadBytes} bytes`,
      })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return gatewayErrors.ERR_GATEWAY_REQUEST_SLOW({})
    default:
      return gatewayErrors.ERR_GATEWAY_REQUEST({ problem: 'is not HTTP/1.1' })
  }
}

function listenProblem(code: string): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process listens there',
    EACCES: 'this user may not',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'there is no such name',
  }
  return known[code] ?? `the system says ${code}`
}
