import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'
import type { Sites } from '../sites/sites.ts'
import { canonicalAddress, type ReadAddress } from './client-address.ts'
import { type Fields, fieldValue, readFields } from './request-fields.ts'
import { readTarget } from './request-target.ts'

/** How large the head of a request may be. */
export interface RequestLimits {
  /** Default 100. */
  readonly maxFields: number
  /** The request line and the fields, in bytes. Default 16384. */
  readonly maxHeadBytes: number
  /** Path and query, in bytes. Default 8000, what RFC 9112 section 3 asks for at least. */
  readonly maxTargetBytes: number
}

/** The limits of security.md's T-H18. */
export const requestLimits: RequestLimits = {
  maxFields: 100,
  maxHeadBytes: 16_384,
  maxTargetBytes: 8_000,
}

/** The methods that are carried; each other one is refused. */
const allowedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** What `readRequest` needs to know. */
export interface ReadRequestOptions {
  readonly sites: Sites
  /** `upgrade` for what Node's event of that name gives. */
  readonly kind: 'http' | 'upgrade'
  readonly limits?: RequestLimits | undefined
  /** The request's ID. Default a new one. */
  readonly id?: string
  /** Which address it comes from. Default that of the connection. */
  readonly readAddress?: ReadAddress | undefined
}

/** Sixteen random bytes as hex. */
export function createRequestId(): string {
  if (random.at === random.bytes.length) random = { bytes: randomBytes(4096), at: 0 }
  random.at += 16
  return random.bytes.toString('hex', random.at - 16, random.at)
}

/** Asking the system for each ID took a twentieth of the time of a request. */
let random = { bytes: randomBytes(4096), at: 0 }

/**
 * Reads a request strictly: Node answers much that two servers could understand differently, such as two Host
 * lines, a path with `\`, or another host in an absolute address. None of that comes through.
 *
 * @throws ERR_GATEWAY_REQUEST and the other ERR_GATEWAY_REQUEST_…
 */
export function readRequest(
  incoming: IncomingMessage,
  { sites, kind, limits = requestLimits, id = createRequestId(), readAddress }: ReadRequestOptions,
): GatewayRequest {
  const { method = '', httpVersion } = incoming
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw refused('has a version of HTTP other than 1.1 and 1.0')
  if (!isAllowed(method))
    throw gatewayErrors.ERR_GATEWAY_REQUEST_METHOD({ allowed: allowedMethods })
  const rawTarget = targetOf(incoming)
  const { path, query } = readTarget(rawTarget, limits.maxTargetBytes)
  const startBytes = method.length + rawTarget.length + ' '.length * 2 + 'HTTP/1.1\r\n'.length
  const fields = readFields(incoming.rawHeaders, startBytes, limits)
  const site = readHost(fieldValue(fields, 'host'), sites)
  checkFraming(fields, method, httpVersion)
  checkExpectation(fieldValue(fields, 'expect'))
  if (kind === 'upgrade') checkUpgrade(fields, method, httpVersion)
  const peer = incoming.socket.remoteAddress ?? ''
  return {
    id,
    site,
    method,
    path,
    query,
    fields,
    field: (name) => fieldValue(fields, name),
    address: readAddress?.(peer, fieldValue(fields, 'x-forwarded-for')) ?? canonicalAddress(peer),
    incoming,
  }
}

/** The target as it came: Express cuts off of `url` where it is mounted, and keeps the whole in `originalUrl`. */
export function targetOf(incoming: IncomingMessage): string {
  const { originalUrl } = incoming as { originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : (incoming.url ?? '')
}

/**
 * Refuses a request with the gateway's cookie and with Authorization: it would be two people at once. Not for
 * `/.jotgate/login`, where the cookie only names the session to end.
 *
 * @throws ERR_GATEWAY_REQUEST
 */
export function assertOneCredential(
  request: Pick<GatewayRequest, 'field'>,
  hasSessionCookie: boolean,
): void {
  if (hasSessionCookie && request.field('authorization') !== undefined)
    throw refused('has the gateway’s cookie and Authorization at once')
}

const isAllowed = (method: string) => (allowedMethods as readonly string[]).includes(method)

/** RFC 9112 section 3.2. */
function readHost(host: string | undefined, sites: Sites): string {
  if (host === undefined) throw refused('has no Host')
  if (!/^[\w.\-:[\]]+$/.test(host)) throw refused('has a Host that is not a name with a port')
  const site = sites.at(host)
  if (site !== undefined) return site.publicUrl
  // Of several, a stranger is not told whose they are.
  const [first, ...others] = sites.all
  const isOnly = first !== undefined && others.length === 0
  throw gatewayErrors.ERR_GATEWAY_REQUEST_HOST(isOnly ? { publicUrl: first.publicUrl } : {})
}

/** RFC 9112 sections 6.1 and 6.3. Node's parser refuses most of this; a server in front of it may be lenient. */
function checkFraming(fields: Fields, method: string, httpVersion: string): void {
  const length = fieldValue(fields, 'content-length')
  const coding = fieldValue(fields, 'transfer-encoding')
  if (length !== undefined && coding !== undefined)
    throw refused('has Content-Length and Transfer-Encoding at once')
  // Leading zeros, which some read as octal, are refused too.
  if (length !== undefined && !/^(?:0|[1-9]\d{0,14})$/.test(length))
    throw refused('has a Content-Length that is not a whole number')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw refused('has a Transfer-Encoding other than chunked')
  if (coding !== undefined && httpVersion === '1.0')
    throw refused('has Transfer-Encoding, which HTTP/1.0 does not have')
  const hasBody = coding !== undefined || (length !== undefined && Number(length) > 0)
  if (hasBody && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS'))
    throw refused(`has a body, which ${method} does not have`)
}

/** RFC 9110 section 10.1.1. */
function checkExpectation(expect: string | undefined): void {
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    throw gatewayErrors.ERR_GATEWAY_REQUEST_EXPECT({})
}

/** What every upgrade must be. The handshake itself is the web socket's. */
function checkUpgrade(fields: Fields, method: string, httpVersion: string): void {
  if (method !== 'GET') throw refused('asks for an upgrade by a method other than GET')
  if (httpVersion !== '1.1') throw refused('asks for an upgrade, which HTTP/1.0 does not have')
  // Never h2c: what follows it would not be read by this gateway.
  if (fieldValue(fields, 'upgrade')?.toLowerCase() !== 'websocket')
    throw refused('asks for an upgrade to something other than websocket')
}

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_REQUEST({ problem })
