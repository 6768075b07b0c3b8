import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import { systemCode } from '../../files/index.ts'
import { isLoopback, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { AdminChecks } from './admin-request.ts'
import { listenAtSocket } from './admin-socket.ts'
import { createBearerCheck, readBearer } from './bearer.ts'
import type { Admin } from './create-admin.ts'

/** Where the administration listens. */
export type ListenAdminAt =
  /** A Unix socket, made with mode 0600 in a folder in which no other user may write. Not on Windows. */
  | { readonly socket: string }
  | {
      /** Default 127.0.0.1. Without `tls` it must be a loopback address, or `localhost`. */
      readonly host?: string
      /** Default 0, which chooses a free one. */
      readonly port?: number
      /** What each request must bring as `Authorization: Bearer …`: 32 to 1024 characters of base64url. */
      readonly bearer: string
      /** Needed at an address that is not loopback: certificate chain and private key in PEM. */
      readonly tls?: AdminTls
    }

/** How the administration proves who it is. */
export interface AdminTls {
  readonly certificate: string
  readonly key: string
}

/** A listener of the administration. */
export interface AdminListener {
  /** The path of the socket, or an address such as http://127.0.0.1:8081. */
  readonly at: string
  /** Takes another bearer in place of the one before. @throws ERR_GATEWAY_OPTION */
  setBearer(bearer: string): void
  /** Takes another certificate, for new connections. @throws ERR_GATEWAY_OPTION */
  setTls(tls: AdminTls): void
}

/** One that can be closed. */
export interface ListeningAdmin extends AdminListener {
  close(): Promise<void>
}

const limits = {
  /** One operator, their scripts and Prometheus. */
  maxConnections: 64,
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  closeMs: 2000,
}

/**
 * Listens for operators, apart from what people use.
 *
 * @throws ERR_GATEWAY_ADMIN_LISTEN, ERR_GATEWAY_OPTION
 */
export async function listenAdmin(at: ListenAdminAt, admin: Admin): Promise<ListeningAdmin> {
  if ('socket' in at) {
    const server = serverFor(undefined, admin, { isLocal: true })
    return listening(server, await listenAtSocket(server, at.socket), () => undefined)
  }
  const { host = '127.0.0.1', port = 0, tls } = at
  const name = `${host}, port ${port}`
  const refuse = (problem: string, cause?: unknown) =>
    gatewayErrors.ERR_GATEWAY_ADMIN_LISTEN({ at: name, problem }, { cause })
  if (tls === undefined && !isLoopback(host) && host !== '::1')
    throw refuse('without TLS the bearer could be read on the network')
  let isBearer = checkFor(at.bearer)
  const server = serverFor(tls, admin, {
    hasBearer: (authorization) => isBearer(authorization),
    isLocal: tls === undefined,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refuse(`the system says ${systemCode(error)}`, error)))
    server.listen({ host, port }, resolve)
  })
  const { address, family, port: chosen } = server.address() as AddressInfo
  const origin = `${family === 'IPv6' ? `[${address}]` : address}:${chosen}`
  return listening(server, `${tls === undefined ? 'http' : 'https'}://${origin}`, (bearer) => {
    isBearer = checkFor(bearer)
  })
}

function serverFor(tls: AdminTls | undefined, admin: Admin, checks: AdminChecks): Server {
  const listener: RequestListener = (incoming, response) => admin(incoming, response, checks)
  const { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout } = limits
  const options = { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout }
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...secure(tls) }, listener)
  server.maxConnections = limits.maxConnections
  server.on('checkContinue', listener)
  server.on('checkExpectation', listener)
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('upgrade', (_incoming, socket) => socket.destroy())
  return server
}

const checkFor = (bearer: unknown) =>
  createBearerCheck(
    valueOrThrow(readBearer('admin.bearer', bearer), gatewayErrors.ERR_GATEWAY_OPTION),
  )

/** @throws ERR_GATEWAY_OPTION for a certificate and a key that cannot be used together */
function secure({ certificate, key }: AdminTls) {
  const options = { cert: certificate, key, minVersion: 'TLSv1.2' } as const
  try {
    createSecureContext(options)
    return options
  } catch (cause) {
    const problem = 'has a certificate and a key that cannot be used together'
    throw gatewayErrors.ERR_GATEWAY_OPTION({ option: 'admin.tls', problem }, { cause })
  }
}

function listening(
  server: Server,
  at: string,
  setBearer: AdminListener['setBearer'],
): ListeningAdmin {
  server.on('error', () => undefined)
  return {
    at,
    setBearer,
    setTls(tls) {
      if (server instanceof TlsServer) server.setSecureContext(secure(tls))
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), limits.closeMs)
      await closed
      clearTimeout(cut)
    },
  }
}
