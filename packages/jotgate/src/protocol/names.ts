/** Paths of Qlik's HTTP that several parts use. */
export const qlikPaths = {
  /** Opens a session with a token: https://qlik.dev/apis/rest/login/ */
  jwtSession: '/login/jwt-session',
  /** Answers the session's CSRF token in a header. */
  csrfToken: '/api/v1/csrf-token',
  /** Answers the session's user, by a redirect: https://qlik.dev/apis/rest/users/ */
  currentUser: '/api/v1/users/me',
} as const

/** Qlik's own header fields, which are also the names of query parameters. */
export const qlikHeaders = {
  csrfToken: 'qlik-csrf-token',
  webIntegrationId: 'qlik-web-integration-id',
} as const

/** Header fields that concern one connection only and are never passed on (RFC 9110 section 7.6.1). */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
