import type { IncomingMessage } from 'node:http'
import type { GatewayRequest } from './request.ts'

/** A checked request, as `readRequest` gives it: GET / from 192.0.2.1 when it does not say otherwise. */
export function gatewayRequest(
  parts: {
    method?: string
    /** Path and query. */
    target?: string
    headers?: Readonly<Record<string, string>>
    incoming?: IncomingMessage
    site?: string
  } = {},
): GatewayRequest {
  const { method = 'GET', target = '/', headers = {}, incoming } = parts
  const { site = 'https://qlik.acme.example' } = parts
  const [path = '', ...rest] = target.split('?')
  const fields = Object.entries(headers).map(([name, value]) => [name, value] as const)
  return {
    id: '0123456789abcdef0123456789abcdef',
    site,
    method,
    path,
    query: rest.length === 0 ? '' : `?${rest.join('?')}`,
    fields,
    field: (name) => headers[name],
    address: '192.0.2.1',
    // Decisions do not touch the connection.
    incoming: incoming ?? (undefined as unknown as IncomingMessage),
  }
}
