import { connect as connectTcp, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as connectTls,
  getCACertificates,
  type TLSSocket,
} from 'node:tls'
import { systemCode } from '../../files/index.ts'
import type { NetworkContext } from './network-context.ts'

/** A connection that did not come about. */
export interface NoConnection {
  /** `ECONNREFUSED`, `ETIMEDOUT`, or what the proxy server answered: `407`. */
  readonly reason: string
  /** Of TLS: what is wrong with the certificate, in the words of Node. */
  readonly words?: string
}

type Opened<Kind> = { readonly socket: Kind } | NoConnection

const portOf = ({ port, protocol }: URL) => Number(port || (protocol === 'https:' ? 443 : 80))
const nameOf = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1')

/** Opens a connection to the deployment, through the proxy server where there is one; the caller ends it. */
export async function openTcp(context: NetworkContext): Promise<Opened<Socket>> {
  const { target, proxyServer, timeoutMs } = context
  const opened = await toFirst(proxyServer ?? target, context)
  if (!('socket' in opened) || proxyServer === undefined) return opened
  const own =
    proxyServer.protocol === 'https:'
      ? await secure(opened.socket, nameOf(proxyServer), context)
      : opened
  if (!('socket' in own) || target.protocol !== 'https:') return own
  const { socket } = own
  const status = await askForTunnel(socket, { target, proxyServer, timeoutMs })
  if (status === '200') return own
  socket.destroy()
  return { reason: status }
}

async function toFirst(
  first: URL,
  { lookup, timeoutMs }: Pick<NetworkContext, 'lookup' | 'timeoutMs'>,
): Promise<Opened<Socket>> {
  let last: NoConnection = { reason: 'ENOTFOUND' }
  for (const { address } of await lookup(nameOf(first))) {
    const opened = await waitFor(
      connectTcp({ host: address, port: portOf(first) }),
      'connect',
      timeoutMs,
    )
    if ('socket' in opened) return opened
    last = opened
  }
  return last
}

/**
 * Speaks TLS with the deployment and reads the certificate. It is verified as every call to Qlik verifies it: by the
 * same authorities, and never not.
 */
export async function openTls(context: NetworkContext): Promise<Opened<TLSSocket>> {
  const opened = await openTcp(context)
  return 'socket' in opened ? secure(opened.socket, nameOf(context.target), context) : opened
}

/** Speaks TLS by a connection, which is ended where the other side is not who it should be. */
async function secure(
  socket: Socket,
  host: string,
  { ca, systemCa = false, timeoutMs }: NetworkContext,
): Promise<Opened<TLSSocket>> {
  const authorities = getCACertificates(systemCa ? 'system' : 'default')
  const secured = await waitFor(
    connectTls({
      socket,
      host,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ca: ca === undefined ? authorities : [...authorities, ca],
      checkServerIdentity,
    }),
    'secureConnect',
    timeoutMs,
  )
  if (!('socket' in secured)) socket.destroy()
  return secured
}

async function waitFor<Kind extends Socket>(
  socket: Kind,
  event: string,
  timeoutMs: number,
): Promise<Opened<Kind>> {
  const { promise, resolve } = Promise.withResolvers<Opened<Kind>>()
  const timer = setTimeout(() => resolve({ reason: 'ETIMEDOUT' }), timeoutMs)
  socket.once(event, () => resolve({ socket }))
  socket.once('close', () => resolve({ reason: 'ECONNRESET' }))
  socket.on('error', (error) =>
    resolve({ reason: systemCode(error), words: error.message.replaceAll(/\s+/g, ' ') }),
  )
  const opened = await promise
  clearTimeout(timer)
  if (!('socket' in opened)) socket.destroy()
  return opened
}

/** Gives the status of the answer to CONNECT (RFC 9110 section 9.3.6). */
async function askForTunnel(
  socket: Socket,
  how: { target: URL; proxyServer: URL; timeoutMs: number },
): Promise<string> {
  const { target, proxyServer, timeoutMs } = how
  const authority = `${target.hostname}:${portOf(target)}`
  const { username, password } = proxyServer
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const credentials =
    username === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`
  const { promise, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve('ETIMEDOUT'), timeoutMs)
  let text = ''
  const read = (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (!text.includes('\r\n\r\n') && text.length < 16_384) return
    resolve(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 'no HTTP')
  }
  socket.on('data', read)
  socket.once('close', () => resolve('ECONNRESET'))
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`)
  const status = await promise
  clearTimeout(timer)
  socket.off('data', read)
  return status
}
