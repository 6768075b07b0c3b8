import { qlikHeaders } from '../../../protocol/index.ts'

/** What Qlik Cloud wants to know of a page: its web integration, and the session's CSRF token. */
export interface PageIdentity {
  webIntegrationId: string
  csrfToken?: string
}

/** Puts it on a request: in the headers, or in the query where a browser sets no headers (sockets, frames). */
export function identifyPage(request: Headers | URLSearchParams, identity: PageIdentity): void {
  request.set(qlikHeaders.webIntegrationId, identity.webIntegrationId)
  if (identity.csrfToken !== undefined) request.set(qlikHeaders.csrfToken, identity.csrfToken)
}
