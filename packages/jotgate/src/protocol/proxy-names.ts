// Apart from the other names: pages load those, and these for client-managed Qlik alone.

/** Paths of client-managed Qlik, below the prefix of a virtual proxy. */
export const proxyPaths = {
  /** The Personal API: GET answers who is logged in, DELETE logs out. */
  user: '/qps/user',
  /** Answers the session's CSRF token in a header; releases before it answer 404. */
  csrfToken: '/qps/csrftoken',
} as const

/** Header fields of client-managed Qlik. */
export const proxyHeaders = {
  /** 16 letters and digits, the same as in the parameter `xrfkey` of the query. */
  xrfkey: 'x-qlik-xrfkey',
  /** The user of a call with a client certificate: `UserDirectory=ACME; UserId=ada`. */
  user: 'x-qlik-user',
} as const
