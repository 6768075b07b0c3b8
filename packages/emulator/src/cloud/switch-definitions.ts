import { choice, flag, type SwitchValuesOf, wholeNumber } from '../control/switch-definition.ts'

/** Each fact about Qlik Cloud that no source settles, as a switch. */
export const cloudSwitches = {
  defaultClockToleranceSec: wholeNumber(
    5,
    [0, 3600],
    'The clock tolerance of an identity provider that sets none',
    ['unknown', 'qlik.dev, REST, identity-providers: 5 is the example’s value'],
  ),
  strictSubType: flag(false, 'Whether a token without subType is refused', [
    'inferred',
    'Qlik’s own sample jwt_auth.py sends none',
  ]),
  unverifiedEmail: choice(['accepted', 'refused'], 'What email_verified: false leads to', [
    'unknown',
    'qlik.dev, REST, login: names the claim, not what false leads to',
  ]),
  emailVerifiedString: choice(
    ['refused', 'accepted'],
    'What email_verified as a string, "true" or "false", leads to',
    ['unknown', 'Tokens of the public tool qs-jwt have it so; qlik.dev shows a boolean'],
  ),
  trustRefusalStatus: choice(
    [401, 400, 403],
    'The status for a wrong form, algorithm, key ID, issuer or signature, and for a token that is expired, not yet valid or used',
    ['inferred', 'qlik.dev, REST, login: 401 Unauthorized'],
  ),
  claimRefusalStatus: choice(
    [400, 401],
    'The status for a wrong audience, a claim of a wrong type and a lifetime over an hour',
    ['inferred', 'community.qlik.com 2435784: 400 for a missing claim'],
  ),
  originRefusalStatus: choice(
    [401, 403],
    'The status for an origin that the web integration does not list',
    ['unknown', 'A page sees no status when CORS headers are missing'],
  ),
  originRefusalHeaders: choice(
    ['omitted', 'sent'],
    'Whether the refusal of such an origin has CORS headers, so that the page may read it',
    [
      'unknown',
      'Developers report “blocked by CORS policy” and LOGIN-10; for which request is not said',
    ],
  ),
  preflight: choice(
    ['listed-origins', 'any-origin'],
    'Whether a CORS preflight is answered for origins of integrations only',
    ['inferred', '@qlik/sdk sends the ID by header alone, which no preflight carries'],
  ),
  refreshUserAtLogin: flag(true, 'Whether name and e-mail of a known user follow the token', [
    'unknown',
    'No source says',
  ]),
  missingGroupsClaim: choice(
    ['removes', 'keeps'],
    'What a token without groups does to the groups that the user had',
    ['unknown', 'No source says'],
  ),
  refuseSameEmail: flag(
    false,
    'Whether LOGIN-12 refuses an e-mail that another active subject has',
    ['inferred', 'community.qlik.com: LOGIN-12 at interactive log-ins'],
  ),
  cookieAttributes: choice(
    ['none-secure', 'lax'],
    'SameSite=None; Secure, or SameSite=Lax for browsers that take no Secure cookie over http',
    ['inferred', 'Use across sites needs them; no public record shows any'],
  ),
  usersMeStatus: choice(
    [301, 200],
    'Whether users/me redirects, as documented, or answers itself',
    ['documented', 'qlik.dev, REST, users: 301; @qlik/api types it as 200'],
  ),
  csrfErrorShape: choice(
    ['top-level', 'errors'],
    'Where CSRF-TOKEN-2 is in the body of the 403: code, or errors[0].code',
    ['inferred', '@qlik/api 2.19.0 looks for the code at the top'],
  ),
  webSocketRefusal: choice(
    ['http', 'close'],
    'Whether a refused web socket gets 401 or 403, or is closed with 4006 or 4203',
    ['unknown', '@qlik/api 2.19.0 handles 4006 and 4203; a handshake can be refused too'],
  ),
  webSocketKeepsSession: flag(true, 'Whether engine traffic counts as activity of the session', [
    'unknown',
    'help.qlik.com gives the time-outs, not what counts as activity',
  ]),
  restKeepsSession: flag(true, 'Whether REST requests count as activity of the session', [
    'unknown',
    'help.qlik.com gives the time-outs, not what counts as activity',
  ]),
  pemLineBreaks: choice(
    ['refused', 'accepted'],
    'What line breaks in the pem of an identity provider lead to',
    ['documented', 'qlik.dev, create signed tokens; one of Qlik’s samples sends them'],
  ),
  barePublicKey: choice(
    ['accepted', 'refused'],
    'Whether an identity provider takes a public key in place of a certificate',
    ['inferred', '@qlik/api types: “Pem-encoded public key”; all samples send certificates'],
  ),
  sameIssuerOtherKeyId: choice(
    ['accepted', 'refused'],
    'Whether two identity providers may share an issuer when their key IDs differ',
    ['unknown', 'Samples show only that the same pair twice fails'],
  ),
  certificateDates: choice(
    ['ignored', 'checked'],
    'Whether a token is accepted when the certificate itself has expired or is not yet valid',
    ['unknown', 'No source says'],
  ),
  deletedProviderEndsSessions: flag(
    false,
    'Whether sessions end with the identity provider that they began with',
    ['unknown', 'No source says'],
  ),
  identityProviderLimit: wholeNumber(
    100,
    [1, 1000],
    'How many JWT identity providers a tenant takes',
  ),
  minimumKeyBits: choice([2048, 3072, 4096], 'The smallest RSA key of an identity provider', [
    'inferred',
    'Community samples use 2048, Qlik’s documentation 4096',
  ]),
  algorithms: choice(
    ['RS256', 'RSA'],
    'Whether a token is accepted with RS384, RS512 or PS256 to PS512',
    ['inferred', 'qlik.dev: RS256 in the tutorials, “other than HS” in the REST text'],
  ),
  replayedToken: choice(
    ['refused', 'accepted'],
    'What a jti that opened a session before leads to',
    ['inferred', 'qlik.dev, REST, login: “unique for each consumed JWT token”'],
  ),
  refusedTokenCounts: flag(false, 'Whether the jti of a refused token is used up too', [
    'unknown',
    'No source says',
  ]),
  futureIssuedAt: choice(['accepted', 'refused'], 'What an iat in the future leads to', [
    'unknown',
    'No source says',
  ]),
  missingEmail: choice(['refused', 'accepted'], 'What a token without email leads to', [
    'documented',
    'qlik.dev, REST, login lists it; an older official sample calls it optional',
  ]),
  groupsPerTokenLimit: wholeNumber(10_000, [1, 10_000], 'How many groups one token may name', [
    'inferred',
    'qlik.dev, REST, groups: 10,000 in a tenant',
  ]),
  tokenSizeLimit: wholeNumber(15_000, [256, 15_000], 'How many characters a token may have', [
    'inferred',
    'Servers commonly take 8 to 16 KB of headers',
  ]),
  groupsWhileCreationIsOff: choice(
    ['known', 'none'],
    'Which groups of a token count while autoCreateGroups is off',
    ['inferred', 'help.qlik.com: the setting creates groups; it does not mention known ones'],
  ),
  disabledUserStatus: choice([403, 401], 'The status when a disabled user logs in with a token', [
    'inferred',
    'qlik.dev, REST, oauth: 403 for a disabled user; AUTH-5 is a 403',
  ]),
  invitedUserLogin: choice(
    ['activates', 'refused-when-expired'],
    'What a token does for an invited user whose invitation expired',
    ['unknown', 'community.qlik.com 1972823: USER_INVITE_EXPIRED at interactive log-ins'],
  ),
  interactiveSameEmail: choice(
    ['refused', 'accepted'],
    'What an e-mail of another active subject leads to at an interactive log-in',
    ['documented', 'community.qlik.com: LOGIN-12'],
  ),
  loginErrorBody: choice(['errors', 'text', 'empty'], 'What the body of a refused log-in is', [
    'documented',
    'qlik.dev, REST, login; a gateway in front may answer otherwise',
  ]),
  unauthorizedBody: choice(['errors', 'html', 'empty'], 'What the body of a 401 under /api is', [
    'inferred',
    'qlik.dev, REST: the envelope of all errors',
  ]),
  balancerCookies: flag(true, 'Whether AWSALB and AWSALBCORS are set beside the four cookies', [
    'documented',
    'Cookies of real tenants in public records',
  ]),
  cookieDomain: choice(['absent', 'host'], 'Whether cookies have a Domain', [
    'unknown',
    'No source says',
  ]),
  corsAllowHeaders: choice(
    ['list', 'asked'],
    'Which headers a preflight allows: a list, or what was asked for',
    ['unknown', 'No source says'],
  ),
  integrationWithoutOrigin: choice(
    ['ignored', 'checked'],
    'Whether a request without Origin is refused for an unknown web-integration ID',
    ['inferred', 'Qlik’s own TypeScript sample sends an ID that does not exist'],
  ),
  csrfOnReads: flag(false, 'Whether reads by cookies need the CSRF token too', [
    'inferred',
    'Qlik’s own TypeScript sample reads without',
  ]),
  lastPageLink: choice(
    ['absent', 'null'],
    'Whether links.next is absent or has an href of null on the last page',
    ['documented', 'qlik.dev shows both'],
  ),
  secondLogin: choice(
    ['new-session', 'replaces', 'joins'],
    'What a log-in does to the session whose cookies come with it: none, ends it, or goes on with it',
  ),
  cspOriginScheme: choice(
    ['dropped', 'kept'],
    'Whether the scheme of a CSP entry is kept, as http:// for a page in development',
    ['unknown', 'Qlik’s scripts send one and find the entry without; a policy may still hold it'],
  ),
  logoutEndsSession: flag(true, 'Whether /logout ends the session, or only clears the cookies', [
    'unknown',
    'No source says',
  ]),
  logoutAnswer: choice(['redirect', 'no-content'], 'Whether /logout answers 302 or 204', [
    'unknown',
    'No source says',
  ]),
  defaultEngineTtlSec: wholeNumber(
    0,
    [0, 86_400],
    'How long an engine session outlives its last socket when the address has no ttl',
  ),
  spaceAccessDelaySec: wholeNumber(
    0,
    [0, 600],
    'How long after an assignment to a space its apps still answer 403',
    ['documented', 'Qlik’s own Python sample asks up to 120 times; the time itself is not given'],
  ),
  spaceAccessDelayRequests: wholeNumber(
    0,
    [0, 120],
    'How many requests after an assignment to a space still answer 403',
    ['documented', 'Qlik’s own Python sample asks up to 120 times; the number itself is not given'],
  ),
  noLicence: choice(
    ['close', 'session-error'],
    'Whether a user without licence gets the close code 4230, or SESSION_ERROR_NO_LICENSE first',
    [
      'inferred',
      '@qlik/api 2.19.0 and gopherciser know them; which of them comes is not documented',
    ],
  ),
  rateLimits: choice(
    ['documented', 'off'],
    'Whether calls are limited: tier 1 1000, tier 2 100 a minute and user, over 5 minutes',
    ['documented', 'qlik.dev, overview, rate limiting'],
  ),
  loginsCountBy: choice(
    ['user', 'everyone'],
    'Whether log-ins by JWT are limited for each user, or for the whole tenant together',
    ['unknown', 'qlik.dev has the limits by user and tenant; a log-in comes before the user'],
  ),
}

/** The value of every switch of the Cloud tenant. */
export type CloudSwitches = SwitchValuesOf<typeof cloudSwitches>

export type SwitchName = keyof CloudSwitches
