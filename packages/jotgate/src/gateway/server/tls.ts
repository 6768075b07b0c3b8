import { constants, randomBytes } from 'node:crypto'
import type { Server, ServerOptions } from 'node:https'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { isJotgateError } from '../../errors/index.ts'
import { valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Site } from '../site.ts'
import {
  dayOf,
  readTlsCertificate,
  type ServerCertificate,
  type TlsCertificate,
} from './tls-certificate.ts'

/** One certificate, or several for several host names. */
export type TlsCertificates = TlsCertificate | readonly TlsCertificate[]

/** TLS of a server, whose certificates can be replaced while it runs. */
export interface Tls {
  /** For `https.createServer`. */
  readonly options: ServerOptions
  /** When the first of the certificates expires, in milliseconds since 1970. */
  readonly expiresAt: number
  /** Makes a server follow `replace`, and renews its ticket keys, until it closes. */
  attach(server: Server): Server
  /**
   * Replaces the certificates: new connections get the new ones, those that are open go on.
   *
   * @throws ERR_GATEWAY_TLS, and nothing has changed
   */
  replace(certificates: TlsCertificates): void
  /** What the log says of certificates that expire within 30 days. */
  notices(): string[]
}

/**
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption alone. All of the ciphers are good, so the client
 * chooses which is the fastest for it. Nothing is negotiated again on an open connection.
 *
 * @see https://ssl-config.mozilla.org, "intermediate", without its finite-field Diffie-Hellman
 */
const settings: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  honorCipherOrder: false,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
}

/** A session may be resumed for so long; then, with new keys for tickets, nobody can read the old ones. */
const sessionSeconds = 300
const ticketKeysMs = 3_600_000

interface Contexts {
  readonly first: SecureContextOptions
  readonly byHost: ReadonlyMap<string, SecureContext>
  readonly certificates: readonly ServerCertificate[]
}

/**
 * Makes TLS for a gateway. A client that names another host than the gateway's gets no certificate; one that names none,
 * such as a health check by address, gets the first.
 *
 * @param options.sites whose host names must each have a certificate
 * @throws ERR_GATEWAY_TLS
 */
export function createTls(
  certificates: TlsCertificates,
  {
    sites,
    clock = Date.now,
  }: { sites: readonly Pick<Site, 'publicUrl' | 'isSecure'>[]; clock?: () => number },
): Tls {
  const plain = sites.find(({ isSecure }) => !isSecure)
  if (plain !== undefined)
    throw gatewayErrors.ERR_GATEWAY_OPTION({
      option: 'publicUrl',
      problem: `is ${plain.publicUrl}, and TLS is served: it must begin with https://`,
    })
  const hosts = sites.map(({ publicUrl }) => new URL(publicUrl).hostname)
  let contexts = toContexts(certificates, hosts, clock())
  const servers = new Set<Server>()

  const options: ServerOptions = {
    ...contexts.first,
    // HTTP/2 is not spoken: docs/decisions/0026-tls-of-the-gateway.md.
    ALPNProtocols: ['http/1.1'],
    sessionTimeout: sessionSeconds,
    SNICallback(name, answer) {
      const context = contexts.byHost.get(name.toLowerCase())
      if (context === undefined) answer(unknownName())
      else answer(null, context)
    },
  }

  return {
    options,
    get expiresAt() {
      return Math.min(...contexts.certificates.map((one) => one.expiresAt))
    },
    attach(server) {
      const renewing = setInterval(() => server.setTicketKeys(randomBytes(48)), ticketKeysMs)
      renewing.unref()
      servers.add(server)
      server.once('close', () => {
        clearInterval(renewing)
        servers.delete(server)
      })
      return server
    },
    replace(next) {
      contexts = toContexts(next, hosts, clock())
      for (const server of servers) server.setSecureContext(contexts.first)
    },
    notices() {
      const now = clock()
      return contexts.certificates
        .filter(({ expiresAt }) => expiresAt - now < noticeMs)
        .map(({ source, hosts: names, expiresAt }) => {
          const day = dayOf(new Date(expiresAt))
          const when = expiresAt <= now ? `has expired on ${day}` : `expires on ${day}`
          return `The certificate of ${names.join(', ')} (${source}) ${when}`
        })
    },
  }
}

const noticeMs = 30 * 86_400_000

/** Ends the handshake. The code keeps it apart from what is not TLS. */
const unknownName = () =>
  Object.assign(new Error('The client names another host'), { code: 'ERR_TLS_SERVER_NAME' })

/** @throws ERR_GATEWAY_TLS */
function toContexts(given: TlsCertificates, hosts: readonly string[], now: number): Contexts {
  const list = Array.isArray(given) ? given : [given]
  const refuse = (source: string, problem: string, cause?: unknown) =>
    gatewayErrors.ERR_GATEWAY_TLS({ source, problem }, { cause })
  if (list.length < 1 || list.length > maxCertificates)
    throw refuse('tls', `must have 1 to ${maxCertificates} certificates`)
  const certificates = list.map((one) =>
    valueOrThrow(readTlsCertificate(one, hosts, now), ({ option, problem }) =>
      refuse(option, problem),
    ),
  )
  const contextOf = ({ source, cert, key }: ServerCertificate) => {
    try {
      return createSecureContext({ ...settings, cert, key })
    } catch (cause) {
      if (isJotgateError(cause)) throw cause
      throw refuse(source, `is refused by OpenSSL (${reasonOf(cause)})`, cause)
    }
  }
  const byHost = new Map<string, SecureContext>()
  for (const certificate of certificates) {
    const context = contextOf(certificate)
    for (const host of certificate.hosts) if (!byHost.has(host)) byHost.set(host, context)
  }
  const missing = hosts.find((host) => !byHost.has(host))
  if (missing !== undefined) throw refuse('tls', `has no certificate for ${missing}`)
  const [first] = certificates
  return { first: { ...settings, cert: first?.cert, key: first?.key }, byHost, certificates }
}

const maxCertificates = 100

/** OpenSSL's name of what is wrong, such as EE_KEY_TOO_SMALL. */
const reasonOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'without a reason'
