/** An error whose text stands in public material: what the console's Errors view and the tests go through. */
export interface DocumentedError {
  /** Its name here, in a fault and in an address. */
  readonly id: string
  /** As Qlik writes it; empty where the material shows none. */
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly status: number
  /** How the service writes `status` in the body; the rate limiter leaves it out. */
  readonly statusStyle: 'string' | 'number' | 'none'
  /** Of code and text; `status only inferred` where the material shows no status. */
  readonly certainty: 'documented' | 'status only inferred'
  readonly retryAfterSeconds?: number
  /** A request that can meet it. */
  readonly method: string
  readonly path: string
  /** When Qlik says it. */
  readonly cause: string
  /** What to do about it. */
  readonly advice: string
  readonly source: string
}

const login = { status: 401, statusStyle: 'string', certainty: 'documented' } as const

const invalidToken = {
  code: 'INTERNAL-TOKEN-1',
  title: 'Invalid token request',
  status: 400,
  statusStyle: 'string',
  certainty: 'documented',
  method: 'POST',
  path: '/login/jwt-session',
} as const

/** Errors that a service of the tenant answers over HTTP. */
export const documentedErrors: readonly DocumentedError[] = [
  {
    ...invalidToken,
    id: 'missing-nbf',
    detail: 'JWT_LOGIN_VALIDATIONS Missing required claim: nbf',
    cause: 'The token has no nbf. Tokens made after samples from before July 2022 have none.',
    advice:
      'Set nbf to the time of signing, or a few seconds before, and exp at most an hour after it.',
    source: 'community.qlik.com article 2435784',
  },
  {
    ...invalidToken,
    id: 'missing-jti',
    detail: 'JWT_LOGIN_VALIDATIONS Missing required claim: jti',
    cause: 'The token has no jti. Tokens made after samples from before July 2022 have none.',
    advice: 'Give each token a new random jti of 128 bits or more, and never use a token twice.',
    source: 'community.qlik.com article 2435784 and thread 1934496',
  },
  {
    ...login,
    id: 'login-2',
    code: 'LOGIN-2',
    title: 'No authentication configured for this hostname',
    method: 'POST',
    path: '/login/jwt-session',
    cause:
      'The host name belongs to no tenant: mistyped, of another region, or an alias that was changed.',
    advice: 'Use the tenant’s address as the browser shows it after a log-in, region included.',
    source: 'community.qlik.com article 1710940',
  },
  {
    ...login,
    id: 'login-8',
    code: 'LOGIN-8',
    title: 'Illegal returnto value',
    method: 'GET',
    path: '/login',
    cause: 'returnto is no address on the tenant and no address that a web integration allows.',
    advice: 'Encode returnto with encodeURIComponent, and send qlik-web-integration-id beside it.',
    source: 'community.qlik.com',
  },
  {
    ...login,
    id: 'login-10',
    code: 'LOGIN-10',
    title: 'returnto not included in web integration whitelist',
    method: 'GET',
    path: '/login',
    cause:
      'The origin of returnto is not listed by the web integration whose ID came with the request.',
    advice:
      'Add the origin to the web integration exactly as the browser sends it: scheme, host, port; no path, no trailing slash.',
    source: 'qsda help.motio.com',
  },
  {
    ...login,
    id: 'login-12',
    code: 'LOGIN-12',
    title: 'Multiple active users detected with the same e-mail, please contact your administrator',
    status: 400,
    method: 'POST',
    path: '/login/jwt-session',
    cause:
      'Another active user has the same e-mail under another subject, as after a log-in by the company’s own identity provider.',
    advice:
      'Use the same sub that the other identity provider gives, or another e-mail, or delete the user that is not needed.',
    source: 'community.qlik.com',
  },
  {
    ...login,
    id: 'auth-5',
    code: 'AUTH-5',
    title: 'Forbidden',
    detail: 'User is not a member of tenant',
    status: 403,
    method: 'GET',
    path: '/login',
    cause: 'The person logged in to Qlik, but is no user of this tenant.',
    advice: 'Invite the user, or check that the address is the tenant that was meant.',
    source: 'community.qlik.com article 1710940',
  },
  {
    ...login,
    id: 'state-1',
    code: 'STATE-1',
    title: 'State verification failed',
    detail: 'State not valid, missing request forgery protection',
    method: 'GET',
    path: '/login',
    cause:
      'The cookie eas.rfp… of the interactive log-in did not come back: blocked, or the log-in page lay open too long.',
    advice:
      'Begin the log-in anew at the tenant’s address; allow its cookies; do not bookmark the log-in page.',
    source: 'community.qlik.com article 2058988',
  },
  {
    ...login,
    id: 'user-invite-expired',
    code: 'USER_INVITE_EXPIRED',
    title: 'User invitation expired',
    status: 403,
    method: 'GET',
    path: '/login',
    cause: 'The invitation of the user is too old.',
    advice: 'Invite the user again.',
    source: 'community.qlik.com article 1972823',
  },
  {
    ...login,
    id: 'invalid-idp-config',
    code: 'INVALID-IDP-CONFIG',
    title: 'Invalid identity provider configuration',
    method: 'GET',
    path: '/login',
    cause: 'The interactive identity provider of the tenant is set up wrongly.',
    advice: 'Validate the provider in Administration; log in by the recovery address meanwhile.',
    source: 'community.qlik.com',
  },
  {
    id: 'rate-limit',
    code: 'HTTP-429',
    title: 'API rate limit reached.',
    detail: 'You need to wait 13 seconds until limit is lifted.',
    status: 429,
    statusStyle: 'none',
    certainty: 'documented',
    retryAfterSeconds: 13,
    method: 'GET',
    path: '/api/v1/users/me',
    cause: 'More than 1,000 reads or 100 writes a minute by one user, measured over five minutes.',
    advice:
      'Wait as long as retry-after says, then go on more slowly; @qlik/api does not do it for you.',
    source: 'qlik.dev: overview, rate limiting',
  },
  {
    id: 'csrf-2',
    code: 'CSRF-TOKEN-2',
    title: 'CSRF token missing or invalid',
    status: 403,
    statusStyle: 'string',
    certainty: 'documented',
    method: 'POST',
    path: '/api/v1/users',
    cause: 'A write with session cookies had no qlik-csrf-token, or that of another session.',
    advice: 'Fetch /api/v1/csrf-token again and repeat the request once with its value.',
    source: '@qlik/api 2.19.0 knows the code; the title is the emulator’s',
  },
  {
    id: 'csrf-unsupported',
    code: 'CSRF-TOKEN-1',
    title: 'Token is not supported for the auth mechanism being used.',
    status: 400,
    statusStyle: 'string',
    certainty: 'documented',
    method: 'GET',
    path: '/api/v1/csrf-token',
    cause: 'The CSRF token was asked for with Authorization: Bearer.',
    advice: 'Leave it out: requests with a bearer token need none.',
    source: 'qlik.dev: REST, csrf-token; the code is the emulator’s',
  },
  {
    id: 'csrf-not-found',
    code: 'CSRF-TOKEN-404',
    title: 'Token not found',
    status: 404,
    statusStyle: 'string',
    certainty: 'documented',
    method: 'GET',
    path: '/api/v1/csrf-token',
    cause: 'The session has no CSRF token.',
    advice: 'Log in anew. @qlik/api goes on without a token.',
    source: 'qlik.dev: REST, csrf-token; the code is the emulator’s',
  },
  {
    id: 'idp-forbidden',
    code: 'IDP-403',
    title:
      'Forbidden. User missing TenantAdmin role, or the tenantID in the JWT does not match any of the tenantIDs in the payload.',
    status: 403,
    statusStyle: 'number',
    certainty: 'documented',
    method: 'POST',
    path: '/api/v1/identity-providers',
    cause: 'The caller is no tenant administrator, or the payload names another tenant.',
    advice: 'Use an API key of a tenant administrator, and leave tenantIds out.',
    source: 'qlik.dev: REST, identity-providers; the code is the emulator’s',
  },
  {
    id: 'idp-certificate',
    code: 'IDP-400',
    title:
      'A public key certificate with trailing spaces, carriage returns, or line feeds triggers an error upon saving the configuration.',
    status: 400,
    statusStyle: 'number',
    certainty: 'status only inferred',
    method: 'POST',
    path: '/api/v1/identity-providers',
    cause: 'The certificate was pasted with its line breaks, or with a blank at its end.',
    advice: 'Give it as a single line, from -----BEGIN to -----END, without blanks or line breaks.',
    source:
      'qlik.dev: authenticate, create signed tokens (the rule; the error’s own words are not public)',
  },
  {
    id: 'idp-interactive-delete',
    code: 'IDP-400',
    title: "The interactive IdP for the tenant can't be deleted",
    status: 400,
    statusStyle: 'number',
    certainty: 'documented',
    method: 'DELETE',
    path: '/api/v1/identity-providers/',
    cause: 'The identity provider is the one by which people log in.',
    advice: 'Delete JWT identity providers only, or make another one active first.',
    source: 'qlik.dev: REST, identity-providers; the code is the emulator’s',
  },
  {
    id: 'oauth-credentials',
    code: 'OAUTH-401',
    title: 'Invalid or expired client credentials',
    status: 401,
    statusStyle: 'string',
    certainty: 'status only inferred',
    method: 'POST',
    path: '/oauth/token',
    cause:
      'Client ID or secret are wrong or revoked, or the grant type is not enabled for the client.',
    advice: 'Check ID, secret and allowed grant types of the OAuth client.',
    source: 'qlik.dev: authenticate, OAuth impersonation; the code is the emulator’s',
  },
  {
    id: 'oauth-unauthorized',
    code: 'OAUTH-401',
    title: 'unauthorized',
    status: 401,
    statusStyle: 'string',
    certainty: 'status only inferred',
    method: 'POST',
    path: '/oauth/token',
    cause:
      'Impersonation was refused: no user_default scope, or the user does not exist in the tenant.',
    advice: 'Add the scope user_default; create the user first, or let them log in once.',
    source: 'qlik.dev: authenticate, OAuth impersonation; the code is the emulator’s',
  },
  {
    id: 'space-assignment',
    code: 'SPACES-409',
    title: 'Conflict',
    detail: 'assignment of assignee already exists in space',
    status: 409,
    statusStyle: 'number',
    certainty: 'status only inferred',
    method: 'POST',
    path: '/api/v1/spaces/',
    cause: 'The user or group has an assignment in this space already.',
    advice: 'Change the assignment that is there, or take the error as done.',
    source: 'qlik-oss/qlik-cloud-examples; code and status are the emulator’s',
  },
]
