/** Where Qlik Cloud is, and what the page needs to reach it. None of it is secret. */
export interface QlikPlace {
  /** Origin of the tenant. */
  url: string
  /** The name under which the tenant trusts our key. */
  issuer: string
  /** The web integration that lists the portal's origin. */
  webIntegrationId: string
  appId: string
}

/** Where client-managed Qlik is. None of it is secret. */
export interface ServerPlace {
  /** Origin of the server. */
  url: string
  /** The prefix of the virtual proxy that trusts our key. */
  prefix: string
  appId: string
}
