import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../errors.ts'
import { canonicalAddress } from '../server/client-address.ts'
import { createRequestId } from '../server/read-request.ts'

/** A request for the administration that has been checked. */
export interface AdminRequest {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Where it comes from, for the audit log: an address, or `socket`. */
  readonly address: string
}

/** What a listener of the administration asks of each request. */
export interface AdminChecks {
  /** Whether the field Authorization is right. Omitted where the rights of a socket protect it. */
  readonly hasBearer?: ((authorization: string | undefined) => boolean) | undefined
  /** Whether Host must name this machine: without TLS, no certificate has settled that. */
  readonly isLocal: boolean
}

/** Browsers add one of these to what a page sends, and a program none. A page cannot take them away. */
const fieldsOfPages = [
  'origin',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'cookie',
  'referer',
]

/** The names of this machine: any other may be one that an attacker's DNS has led here. */
const ownHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/**
 * Checks a request, before anything is looked up. In this order, so that a page learns nothing, and somebody without
 * the bearer no more than that.
 *
 * @throws ERR_GATEWAY_ADMIN_BROWSER (403), ERR_GATEWAY_ADMIN_HOST (421), ERR_GATEWAY_ADMIN_BEARER (401),
 * ERR_GATEWAY_ADMIN_REQUEST (400)
 */
export function readAdminRequest(
  incoming: IncomingMessage,
  { hasBearer, isLocal }: AdminChecks,
  id = createRequestId(),
): AdminRequest {
  const { headers, method = '', url = '' } = incoming
  for (const field of fieldsOfPages)
    if (headers[field] !== undefined) throw gatewayErrors.ERR_GATEWAY_ADMIN_BROWSER({ field })
  if (isLocal && !ownHost.test(headers.host ?? '')) throw gatewayErrors.ERR_GATEWAY_ADMIN_HOST({})
  if (hasBearer?.(headers.authorization) === false) throw gatewayErrors.ERR_GATEWAY_ADMIN_BEARER({})
  if (hasBody(headers)) throw refused('has a body, which nothing here takes')
  if (!/^\/[\w/.~%-]*(?:\?[\x21-\x7e]*)?$/.test(url)) throw refused('has a malformed path')
  const [path = '', query = ''] = url.split('?', 2)
  return {
    id,
    method,
    path,
    query: new URLSearchParams(query),
    address: addressOf(incoming, { hasBearer }),
  }
}

/** By which way a request came, for the audit log. A client that has gone away leaves no address. */
export function addressOf(
  { socket }: IncomingMessage,
  { hasBearer }: Pick<AdminChecks, 'hasBearer'>,
): string {
  return hasBearer === undefined ? 'socket' : canonicalAddress(socket.remoteAddress)
}

const hasBody = (headers: IncomingMessage['headers']) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_ADMIN_REQUEST({ problem })
