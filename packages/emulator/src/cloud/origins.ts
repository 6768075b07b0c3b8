import type { IncomingMessage } from 'node:http'
import { readBearer } from '../http/bearer.ts'
import type { Cloud } from './cloud.ts'
import { findSocketTokenOwner, findTokenOwner } from './tokens/token-owner.ts'

/** The web-integration ID of a request. The header counts first: samples send a broken query beside it. */
export function webIntegrationIdOf(
  request: IncomingMessage,
  query: URLSearchParams,
): string | undefined {
  const header = request.headers['qlik-web-integration-id']
  const fromHeader = Array.isArray(header) ? header[0] : header
  return fromHeader ?? query.get('qlik-web-integration-id') ?? undefined
}

/** Whether the integration with this ID lists this origin, by exact match. */
export function isListedBy(cloud: Cloud, id: string | undefined, origin: string): boolean {
  const integration = id === undefined ? undefined : cloud.state.webIntegrations.get(id)
  return integration?.validOrigins.includes(origin) ?? false
}

/** Whether some integration or OAuth client lists this origin: all that can be asked of a preflight without the ID. */
export function isListedAnywhere(cloud: Cloud, origin: string): boolean {
  const { tokens, webIntegrations } = cloud.state
  return (
    [...webIntegrations.values()].some((one) => one.validOrigins.includes(origin)) ||
    [...tokens.clients.values()].some((one) => one.allowedOrigins.includes(origin))
  )
}

/**
 * Whether a page of this origin may ask as it does: with the ID of an integration that lists it; or with
 * a token of OAuth, or for one, where the client lists it (qlik-cloud.md §1.6).
 */
export function mayAskFrom(
  cloud: Cloud,
  request: IncomingMessage,
  url: { pathname: string; searchParams: URLSearchParams },
  origin: string,
): boolean {
  if (isListedBy(cloud, webIntegrationIdOf(request, url.searchParams), origin)) return true
  const { clients } = cloud.state.tokens
  // Which client asks stands in the body, which nobody has read yet; the endpoint proves it afterwards.
  if (url.pathname.startsWith('/oauth/'))
    return [...clients.values()].some((one) => one.allowedOrigins.includes(origin))
  const bearer = readBearer(request.headers.authorization)
  const accessToken = url.searchParams.get('accessToken')
  const owner =
    (bearer && findTokenOwner(cloud, bearer)) ||
    (accessToken && findSocketTokenOwner(cloud, accessToken))
  if (!owner) return false
  // An API key belongs to no client: any origin that is listed somewhere.
  if (owner.clientId === undefined) return isListedAnywhere(cloud, origin)
  return clients.get(owner.clientId)?.allowedOrigins.includes(origin) ?? false
}
