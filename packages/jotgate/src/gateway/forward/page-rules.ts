import { gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'
import type { Site } from '../site.ts'

/** What the rules need to know of a request beside its fields. */
export interface PageContext {
  readonly site: Pick<Site, 'allows'>
  readonly kind: 'http' | 'upgrade'
  /** Whether a token in Authorization says who it is. No page of another site can send one. */
  readonly isProgram: boolean
}

/**
 * Refuses what a page may not send: a browser adds the gateway's cookie to requests of any page of the same
 * site, so the cookie says who it is, and never that they want it.
 *
 * 1. An Origin must be listed. `null` never is.
 * 2. What changes something, and a web socket, must have an Origin, when it is not a program's.
 * 3. What comes from another site, by Fetch Metadata, is refused, but a link that is followed or a frame: its
 *    cookie is not sent, or it only reads, and the page that shows it cannot look into it.
 *
 * @throws ERR_GATEWAY_PAGE
 * @see https://www.w3.org/TR/fetch-metadata/ and the resource isolation policy of https://web.dev/articles/fetch-metadata
 */
export function assertPage(request: GatewayRequest, { site, kind, isProgram }: PageContext): void {
  const origin = request.field('origin')
  if (origin !== undefined && !site.allows(origin))
    throw refused('comes from a page whose origin is not listed')
  const isRead = kind === 'http' && (request.method === 'GET' || request.method === 'HEAD')
  if (origin === undefined && !isRead && !isProgram)
    throw refused('has no Origin, which a browser sends with whatever changes something')
  const from = request.field('sec-fetch-site')
  if (from === undefined || ownSites.has(from)) return
  if (!isRead || !isNavigation(request)) throw refused('comes from a page of another site')
}

/** `none`: typed, or from a bookmark. */
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'same-site', 'none'])

/** A page is shown, in a tab or a frame. */
function isNavigation(request: GatewayRequest): boolean {
  const dest = request.field('sec-fetch-dest') ?? ''
  return request.field('sec-fetch-mode') === 'navigate' && shown.has(dest)
}

const shown: ReadonlySet<string> = new Set(['document', 'iframe', 'frame'])

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_PAGE({ problem })
