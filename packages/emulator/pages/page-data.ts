/** What every page of a server may be told: below which path it stands, and where its token is. */
export interface PagePlace {
  /** What stands in front of the server's own paths: `/jwt` of a virtual proxy, or nothing. */
  readonly base: string
  /** Where the session's CSRF token for web sockets is. */
  readonly csrfTokenPath: string
  /** Where the list of apps is, if the server has one. */
  readonly hubPath?: string
}

/** Reads what the server wrote into the page; nothing is written for a tenant of Qlik Cloud. */
export function readPageData<Data>(): Partial<Data> {
  return JSON.parse(document.getElementById('page-data')?.textContent || '{}') as Partial<Data>
}

/** Where this page stands: at the root of a tenant, unless the server says otherwise. */
export function readPagePlace(): PagePlace {
  return { base: '', csrfTokenPath: '/api/v1/csrf-token', ...readPageData<PagePlace>() }
}
