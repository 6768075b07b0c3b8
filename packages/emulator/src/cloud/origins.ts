import type { IncomingMessage } from 'node:http'
import type { Cloud } from './cloud.ts'
import { baseUrlOf } from './host-check.ts'

/** The origin of another site's page; undefined without one, and for a page of the emulator's own. */
export function foreignOriginOf(request: IncomingMessage): string | undefined {
  const { origin } = request.headers
  return origin === undefined || origin === baseUrlOf(request) ? undefined : origin
}

/** The web-integration ID of a request. The header counts first: samples send a spoiled query beside it. */
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

/** Whether any integration lists this origin: all that can be asked of a preflight without the ID. */
export function isListedAnywhere(cloud: Cloud, origin: string): boolean {
  return [...cloud.state.webIntegrations.values()].some((one) => one.validOrigins.includes(origin))
}
