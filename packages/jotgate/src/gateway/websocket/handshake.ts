import { createHash, randomBytes } from 'node:crypto'
import { gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'

/** What a client asks for when it opens a web socket. */
export interface UpgradeOffer {
  /** Of the client: 16 bytes in base64. Qlik gets another one. */
  readonly key: string
  /** As it came. Qlik chooses, and both sides of the tunnel speak as it chose. */
  readonly extensions: string | undefined
  readonly protocols: string | undefined
}

/**
 * Checks the handshake of a request for a web socket: RFC 6455, section 4.2.1. Method, version of HTTP and the field
 * Upgrade were checked when the request was read.
 *
 * @throws ERR_GATEWAY_UPGRADE (400), ERR_GATEWAY_UPGRADE_VERSION (426)
 */
export function readUpgrade(request: Pick<GatewayRequest, 'field'>): UpgradeOffer {
  const refuse = (problem: string) => gatewayErrors.ERR_GATEWAY_UPGRADE({ problem })
  if (!hasToken(request.field('connection'), 'upgrade'))
    throw refuse('must have “Upgrade” in its Connection field')
  const hasBody =
    request.field('transfer-encoding') !== undefined || Number(request.field('content-length')) > 0
  if (hasBody) throw refuse('must have no body')
  const key = request.field('sec-websocket-key') ?? ''
  // 16 bytes are 22 digits and two signs of padding; the last digit has four bits that must be zero.
  if (!/^[A-Za-z\d+/]{21}[AQgw]==$/.test(key))
    throw refuse('must have 16 bytes in base64 as its Sec-WebSocket-Key')
  if (request.field('sec-websocket-version') !== '13')
    throw gatewayErrors.ERR_GATEWAY_UPGRADE_VERSION({})
  return {
    key,
    extensions: request.field('sec-websocket-extensions'),
    protocols: request.field('sec-websocket-protocol'),
  }
}

/** A key for the gateway's own upgrade at Qlik. */
export function createKey(): string {
  return randomBytes(16).toString('base64')
}

/** What a server answers to a key: RFC 6455, section 4.2.2. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** What Qlik has chosen from the offer. */
export interface UpgradeChoice {
  readonly extensions: string | undefined
  readonly protocol: string | undefined
}

/**
 * Verifies Qlik's answer 101: RFC 6455, section 4.1.
 *
 * @param key the gateway's own
 * @returns what is wrong, or what was chosen
 */
export function readChoice(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  key: string,
  offer: UpgradeOffer,
): { readonly problem: string } | UpgradeChoice {
  const field = (name: string) => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  if (field('upgrade')?.toLowerCase() !== 'websocket')
    return { problem: 'without its Upgrade field' }
  if (!hasToken(field('connection'), 'upgrade'))
    return { problem: 'without “Upgrade” in its Connection field' }
  if (field('sec-websocket-accept') !== acceptOf(key))
    return { problem: 'with a Sec-WebSocket-Accept for another key' }
  const extensions = field('sec-websocket-extensions')
  const offered = new Set(namesOf(offer.extensions))
  if (namesOf(extensions).some((name) => !offered.has(name)))
    return { problem: 'with an extension that was not offered' }
  const protocol = field('sec-websocket-protocol')
  const isOffered = protocol === undefined || tokensOf(offer.protocols).includes(protocol)
  if (!isOffered || protocol === '') return { problem: 'with a subprotocol that was not offered' }
  return { extensions, protocol }
}

const hasToken = (value: string | undefined, token: string) =>
  tokensOf(value?.toLowerCase()).includes(token)

const tokensOf = (value = '') => value.split(',').map((one) => one.trim())

/** Names of extensions, without their parameters. */
const namesOf = (value: string | undefined) =>
  value ? tokensOf(value).map((one) => one.replace(/\s*;.*/, '').toLowerCase()) : []
