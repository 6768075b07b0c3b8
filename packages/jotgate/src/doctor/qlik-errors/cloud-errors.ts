import type { QlikError } from './qlik-error.ts'

const login = 'POST /login/jwt-session'
const interactive = 'GET /login, the interactive login'
const community = 'Qlik Community'

/** What Qlik Cloud answers over HTTP. The texts are Qlik's, the explanations ours. */
const errors: readonly Omit<QlikError, 'product'>[] = [
  {
    name: 'INTERNAL-TOKEN-1',
    texts: [
      'Invalid token request',
      'JWT_LOGIN_VALIDATIONS Missing required claim: nbf',
      'JWT_LOGIN_VALIDATIONS Missing required claim: jti',
    ],
    where: `HTTP 400 at ${login}`,
    cause:
      'A claim of the token is missing or not as Qlik Cloud wants it; the detail names it. nbf and jti are required since July 2022, and older samples lack them.',
    action:
      'Run `jotgate token inspect` on the token: it names every claim that is wrong. `jotgate token create` makes a complete one.',
    source: `${community}, article 2435784`,
    certainty: 'verified',
  },
  {
    name: 'JWT-LOGIN-401',
    texts: ['Unauthorized'],
    where: `HTTP 401 at ${login}`,
    cause:
      'Qlik Cloud found no identity provider for the pair of issuer and key ID, or the signature does not fit its certificate, or the token has expired, is not valid yet or was used before. Which of these it is, the answer does not say.',
    action:
      'Compare iss and kid with the identity provider letter by letter, check the signature with `jotgate token inspect --certificate FILE`, and sign a new token for each login. The name of this page is ours.',
    source: 'https://qlik.dev/apis/rest/login',
    certainty: 'inferred',
  },
  {
    name: 'LOGIN-2',
    texts: ['No authentication configured for this hostname'],
    where: `HTTP 401 at ${login} and elsewhere`,
    cause:
      'The host name belongs to no tenant: it is mistyped, of another region, or an alias that no longer exists.',
    action:
      'Use the address that the browser shows after a login at the tenant, with its region, such as https://acme.eu.qlikcloud.com.',
    source: `${community}, article 1710940`,
    certainty: 'verified',
  },
  {
    name: 'LOGIN-8',
    texts: ['Illegal returnto value'],
    where: `HTTP 401 at ${interactive}`,
    cause:
      'The query parameter returnto is not an address of the tenant or of an origin that a web integration lists, or it is not encoded.',
    action:
      'Encode returnto with encodeURIComponent and send qlik-web-integration-id with it. A login with a token needs no returnto.',
    source: `${community}, users’ posts`,
    certainty: 'inferred',
  },
  {
    name: 'LOGIN-10',
    texts: ['returnto not included in web integration whitelist'],
    where: `HTTP 401 at ${interactive}`,
    cause: 'The web integration does not list the origin of the address in returnto.',
    action:
      'Add the origin to the web integration as the browser sends it: scheme, host and port, without a path or a slash at the end.',
    source: 'help.motio.com, Qlik Sense Document Analyzer (a third party)',
    certainty: 'inferred',
  },
  {
    name: 'LOGIN-12',
    texts: [
      'Multiple active users detected with the same e-mail, please contact your administrator',
    ],
    where: 'HTTP 400 at a login',
    cause:
      'Another active user of the tenant has the same e-mail address with another subject, for example from a login by the company’s own identity provider.',
    action:
      'Send the same sub that the other identity provider gives, or another e-mail address; or have an administrator delete the user that is not needed.',
    source: `${community}, users’ posts`,
    certainty: 'inferred',
  },
  {
    name: 'AUTH-5',
    texts: ['Forbidden', 'User is not a member of tenant'],
    where: `HTTP 403 at ${interactive}`,
    cause: 'The person has logged in to Qlik but is not a user of this tenant.',
    action: 'Invite the user, or check that this is the tenant that was meant.',
    source: `${community}, article 1710940`,
    certainty: 'verified',
  },
  {
    name: 'STATE-1',
    texts: ['State verification failed', 'State not valid, missing request forgery protection'],
    where: `HTTP 401 at the end of ${interactive}`,
    cause:
      'A cookie of the interactive login (eas.rfp…) did not come back: it was blocked, or the login page was open for too long or came from a bookmark.',
    action: 'Start the login again at the tenant’s address and allow its cookies.',
    source: `${community}, article 2058988`,
    certainty: 'verified',
  },
  {
    name: 'USER_INVITE_EXPIRED',
    texts: ['User invitation expired'],
    where: `HTTP 403 at ${interactive}`,
    cause: 'The user’s invitation to the tenant has expired.',
    action: 'Invite the user again.',
    source: `${community}, article 1972823`,
    certainty: 'verified',
  },
  {
    name: 'INVALID-IDP-CONFIG',
    texts: ['Invalid identity provider configuration'],
    where: `HTTP 401 at ${interactive}`,
    cause: 'The tenant’s interactive identity provider is not set up correctly.',
    action:
      'Validate it in Administration, Identity provider. Administrators can log in by the recovery address until then. It has no part in logins with a token.',
    source: `${community}, users’ posts`,
    certainty: 'inferred',
  },
  {
    name: 'HTTP-429',
    texts: ['API rate limit reached.', 'Too many requests'],
    where: 'HTTP 429 at any call, with the header retry-after',
    cause: 'This user or tenant has made more calls than the rate limit of the endpoint allows.',
    action:
      'Wait as long as retry-after says, then go on more slowly. `jotgate request` waits by itself, three times at most.',
    source: 'qlik.dev, overview, rate limits',
    certainty: 'verified',
  },
  {
    name: 'CSRF-TOKEN-2',
    texts: ['CSRF token missing or invalid'],
    where: 'HTTP 403 at a write with session cookies',
    cause: 'The header qlik-csrf-token is missing, or its value belongs to another session.',
    action: 'Get /api/v1/csrf-token again and send the call once more with its value.',
    source: 'npm @qlik/api 2.19.0, which knows the code; the text is not public',
    certainty: 'inferred',
  },
  {
    name: 'IDP-FORBIDDEN',
    texts: [
      'Forbidden. User missing TenantAdmin role, or the tenantID in the JWT does not match any of the tenantIDs in the payload.',
    ],
    where: 'HTTP 403 at POST /api/v1/identity-providers',
    cause: 'The caller is not an administrator of the tenant, or the body names another tenant.',
    action:
      'Use an API key or OAuth client of a tenant administrator and omit tenantIds. The name of this page is ours.',
    source: 'https://qlik.dev/apis/rest/identity-providers',
    certainty: 'verified',
  },
  {
    name: 'IDP-INTERACTIVE-DELETE',
    texts: ["The interactive IdP for the tenant can't be deleted"],
    where: 'HTTP 400 at DELETE /api/v1/identity-providers/{id}',
    cause: 'The identity provider is the one by which people log in.',
    action:
      'Delete JWT identity providers only, or make another interactive one active first. The name of this page is ours.',
    source: 'https://qlik.dev/apis/rest/identity-providers',
    certainty: 'verified',
  },
  {
    name: 'IDP-CERTIFICATE-LINES',
    texts: [
      'A public key certificate with trailing spaces, carriage returns, or line feeds triggers an error upon saving the configuration.',
    ],
    where: 'HTTP 400 when a JWT identity provider is saved; the error’s own text is not public',
    cause: 'The certificate has its line breaks, or a space at its end.',
    action:
      'Give it in one line, as `jotgate keys export --as one-line --certificate FILE` prints it. The name of this page is ours.',
    source: 'qlik.dev, authenticate, create signed tokens for JWT authorization',
    certainty: 'verified',
  },
  {
    name: 'OAUTH-CLIENT-CREDENTIALS',
    texts: ['Invalid or expired client credentials'],
    where: 'HTTP 401 at POST /oauth/token',
    cause:
      'The client ID or secret is wrong or revoked, or the grant type is not enabled for the client.',
    action:
      'Check ID, secret and grant types of the OAuth client in Administration. The name of this page is ours.',
    source: 'https://qlik.dev/authenticate/oauth/implement-oauth-impersonation',
    certainty: 'verified',
  },
  {
    name: 'OAUTH-IMPERSONATION-UNAUTHORIZED',
    texts: ['Token request fails with "unauthorized"', 'unauthorized'],
    where: 'HTTP 401 at POST /oauth/token for an impersonated user',
    cause:
      'The request lacks the scope user_default, the user does not exist in the tenant, or the address is of another tenant.',
    action:
      'Add the scope, and create the user first or let the person log in once. The name of this page is ours.',
    source: 'https://qlik.dev/authenticate/oauth/implement-oauth-impersonation',
    certainty: 'verified',
  },
  {
    name: 'THIRD-PARTY-COOKIES',
    texts: [
      'Third-party cookies are not enabled in your browser settings and/or browser mode.',
      'Something went wrong while logging in.',
    ],
    where: `a page of Qlik’s examples, after HTTP 200 at ${login} and 401 at GET /api/v1/users/me`,
    cause:
      'The login worked, but the browser does not send Qlik’s cookies from a page of another site.',
    action:
      'Serve page and Qlik from one site by a gateway, or use OAuth; allowing the cookies helps one browser only. The name of this page is ours.',
    source: 'github.com/qlik-oss/qlik-cloud-examples',
    certainty: 'verified',
  },
  {
    name: 'FRAME-ANCESTORS',
    texts: [
      'Refused to frame',
      'an ancestor violates the following Content Security Policy directive: "frame-ancestors \'self\'"',
    ],
    where: 'the browser’s console, for a page of Qlik in an iframe',
    cause: 'The tenant’s Content Security Policy does not list the origin of the page around it.',
    action:
      'Add the page’s origin in Administration, Content Security Policy, with the directive frame-ancestors. The name of this page is ours.',
    source: 'qlik.dev, embed with iframes; the text is the browser’s',
    certainty: 'inferred',
  },
  {
    name: 'CORS-BLOCKED',
    texts: ['blocked by CORS policy', 'Failed to fetch'],
    where: 'the browser’s console, for a call to the tenant',
    cause:
      'No web integration of the tenant lists the origin of the page, or the call did not name the integration.',
    action:
      'List the origin exactly (scheme, host and port) and send its ID in the header qlik-web-integration-id. The name of this page is ours.',
    source: 'qlik.dev, web integrations; the text is the browser’s',
    certainty: 'inferred',
  },
]

export const cloudErrors: readonly QlikError[] = errors.map((error) => ({
  ...error,
  product: 'cloud',
}))
