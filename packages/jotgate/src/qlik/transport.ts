import { createPrivateKey, X509Certificate } from 'node:crypto'
import { lookup as resolve } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { createSecureContext, getCACertificates } from 'node:tls'
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici'
import { qlikErrors } from './errors.ts'

/** The certificate by which a program is known to the repository and to proxies, and its key. */
export interface ClientCertificate {
  /** PEM, such as the client.pem that the QMC exports. */
  readonly certificate: string
  /** PEM, such as its client_key.pem. */
  readonly key: string
  /** Of an encrypted key. */
  readonly passphrase?: string
}

/** What `createTransport` takes. */
export interface TransportOptions {
  /** Certificates of authorities that are trusted beside the others: PEM, such as the QMC's root.pem. */
  readonly ca?: string | undefined
  /** Trusts the authorities of this machine in place of those that Node brings. Default false. */
  readonly systemCa?: boolean | undefined
  /** Shown to a server that asks for one. */
  readonly clientCertificate?: ClientCertificate | undefined
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are, such as `process.env`. None are obeyed when omitted. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
}

/** How calls and web sockets reach Qlik. */
export interface Transport {
  /** For the option `fetch` of every function that calls Qlik. */
  readonly fetch: typeof globalThis.fetch
  /** Opens a web socket in the same way, with header fields for its upgrade. */
  openSocket(url: string | URL, headers: Readonly<Record<string, string>>): WebSocket
  /**
   * Makes one connection of its own to the origin, for one user's requests: no two dispatchers share a socket.
   * Whoever makes it closes it.
   */
  createDispatcher(origin: string, options?: DispatcherOptions): Dispatcher
  /** Closes what is idle, and the rest when it has ended; dispatchers apart. */
  close(): Promise<void>
}

/** How long one connection waits. */
export interface DispatcherOptions {
  /** For the connection, TLS included, in milliseconds. Default 10000. */
  readonly connectTimeoutMs?: number
  /** For the head of an answer, in milliseconds, 0 for no limit. Default 300000. */
  readonly headersTimeoutMs?: number
  /** For the next bytes of a body, in milliseconds, 0 for no limit. Default 300000. */
  readonly bodyTimeoutMs?: number
  /** Closes the socket after so many milliseconds without use. Default 4000. */
  readonly idleMs?: number
}

/**
 * Makes calls and web sockets reach Qlik through a proxy server, by a private authority, or with a client
 * certificate. Verification of certificates is never switched off.
 *
 * @param options.ca PEM certificates of authorities that are trusted beside the others
 * @param options.systemCa trusts this machine's authorities in place of Node's; false when omitted
 * @param options.clientCertificate PEM of the certificate and its key, for QRS and QPS
 * @param options.environment where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are; none are obeyed when omitted
 * @throws ERR_QLIK_OPTION when a certificate, key or address of a proxy server is not one; values are not
 * repeated
 * @see https://nodejs.org/api/tls.html and https://undici.nodejs.org, EnvHttpProxyAgent
 * @example
 * import { createTransport, openSession, type OpenSessionOptions } from 'jotgate/qlik'
 *
 * async function openBehindProxy(options: OpenSessionOptions, rootPem: string) {
 *   const { fetch } = await createTransport({ ca: rootPem, environment: process.env })
 *   return openSession({ ...options, fetch })
 * }
 */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const connect = tlsOptions(options)
  const proxies = proxiesOf(options.environment ?? {})
  const undici = await import('undici')
  // Qlik's own proxy speaks HTTP/1.1, and so does every web socket here.
  const how = { allowH2: false, connect }
  const dispatcher: Agent | EnvHttpProxyAgent =
    proxies === undefined
      ? new undici.Agent(how)
      : new undici.EnvHttpProxyAgent({
          ...how,
          ...proxies,
          requestTls: connect,
          proxyTls: { ca: connect.ca, lookup },
        })
  // One for all connections: a handshake resumes the session of an earlier one, and authorities are read once.
  const connectors = new Map<number, ReturnType<typeof undici.buildConnector>>()
  const connectorFor = (timeout: number) => {
    const { lookup, ...tls } = connect
    const secureContext = createSecureContext(tls)
    return undici.buildConnector({ allowH2: false, lookup, secureContext, timeout })
  }
  const send = undici.fetch as unknown as (input: unknown, init: object) => Promise<Response>
  const Socket = undici.WebSocket as unknown as SocketClass
  return Object.freeze({
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      send(input, { ...init, dispatcher }),
    openSocket: (url: string | URL, headers: Readonly<Record<string, string>>) =>
      new Socket(url, { headers, dispatcher }),
    createDispatcher(origin: string, options: DispatcherOptions = {}): Dispatcher {
      const { connectTimeoutMs = 10_000, headersTimeoutMs, bodyTimeoutMs, idleMs = 4000 } = options
      const limits = {
        allowH2: false,
        pipelining: 1,
        // A tenant's Content-Security-Policy alone may have many kilobytes; Node's limit is 16.
        maxHeaderSize: 65_536,
        headersTimeout: headersTimeoutMs ?? 300_000,
        bodyTimeout: bodyTimeoutMs ?? 300_000,
        keepAliveTimeout: idleMs,
        keepAliveMaxTimeout: idleMs,
      }
      if (proxies !== undefined)
        return new undici.EnvHttpProxyAgent({
          ...limits,
          ...proxies,
          connections: 1,
          connect,
          connectTimeout: connectTimeoutMs,
          requestTls: connect,
          proxyTls: { ca: connect.ca, lookup },
        })
      const connector = connectors.get(connectTimeoutMs) ?? connectorFor(connectTimeoutMs)
      connectors.set(connectTimeoutMs, connector)
      return new undici.Client(origin, { ...limits, connect: connector })
    },
    close: () => dispatcher.close(),
  })
}

/** What Node's own WebSocket takes too; its types have the standard's parameters alone. */
export type SocketClass = new (
  url: string | URL,
  options: { headers: Readonly<Record<string, string>>; dispatcher?: unknown },
) => WebSocket

const refuse = (option: string, problem: string, cause?: unknown) =>
  qlikErrors.ERR_QLIK_OPTION({ option, problem }, { cause })

function tlsOptions({ ca, systemCa = false, clientCertificate }: TransportOptions) {
  const authorities = [
    ...getCACertificates(systemCa ? 'system' : 'default'),
    ...(ca === undefined ? [] : readCertificates('ca', ca)),
  ]
  if (authorities.length === 0)
    throw refuse('systemCa', 'finds no authority on this machine, so that nothing would be trusted')
  return {
    ca: authorities,
    lookup,
    ...(clientCertificate && readClientCertificate(clientCertificate)),
  }
}

/**
 * Names below `localhost` are this machine's, as browsers have it; resolvers of many systems do not know them
 * (RFC 6761 section 6.3).
 */
const lookup: LookupFunction = (hostname, options, callback) => {
  if (!hostname.endsWith('.localhost')) return resolve(hostname, options, callback)
  const found = { address: '127.0.0.1', family: 4 }
  if (options.all === true) return callback(null, [found])
  return callback(null, found.address, found.family)
}

function readCertificates(option: string, text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw refuse(option, 'contains no certificate in PEM')
  for (const block of blocks) parseCertificate(option, block)
  return blocks
}

function parseCertificate(option: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw refuse(option, 'contains a certificate that cannot be read', cause)
  }
}

function readClientCertificate({ certificate, key, passphrase }: ClientCertificate) {
  const option = 'clientCertificate.certificate'
  const [own = ''] = readCertificates(option, certificate)
  const secret = passphrase === undefined ? {} : { passphrase }
  if (!parseCertificate(option, own).checkPrivateKey(parseKey(key, secret)))
    throw refuse('clientCertificate.key', 'belongs to another certificate')
  return { cert: certificate, key, ...secret }
}

/** What OpenSSL says of a key may quote it, so it is not a cause. */
function parseKey(key: string, secret: { passphrase?: string }) {
  try {
    return createPrivateKey({ key, ...secret })
  } catch {
    throw refuse('clientCertificate.key', 'is not a private key in PEM, or is encrypted')
  }
}

/** In lower case first, as curl reads them: a CGI server sets HTTP_PROXY from a header of the request. */
function proxiesOf(environment: Readonly<Record<string, string | undefined>>) {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? ''
  const [httpProxy, httpsProxy] = [readProxy('HTTP_PROXY'), readProxy('HTTPS_PROXY')]
  if (httpProxy === '' && httpsProxy === '') return undefined
  // An empty text keeps undici from looking into the environment of this process.
  return { httpProxy, httpsProxy, noProxy: read('NO_PROXY') }

  function readProxy(name: string): string {
    const value = read(name)
    if (value === '') return ''
    const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
    const isAddress = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
    if (!isAddress) throw refuse(`environment.${name}`, 'must be the address of a proxy server')
    return address
  }
}
