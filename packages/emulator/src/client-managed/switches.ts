import { choice, flag, type SwitchValuesOf, wholeNumber } from '../control/switch-definition.ts'

const nothingFound = [
  'unknown',
  'Looked for at help.qlik.com and in public programs; not found',
] as const

import { qpsSwitches } from './qps/qps-switches.ts'
import { qrsSwitches } from './qrs/qrs-switches.ts'

/** Each fact about client-managed Qlik Sense that no source settles, as a switch. */
export const clientManagedSwitches = {
  proxyClockToleranceSec: wholeNumber(
    0,
    [0, 3600],
    'How many seconds clocks may differ before exp and nbf refuse a token',
    ['unknown', 'No figure was found; .NET’s own default of 300 may or may not apply'],
  ),
  tokenWithoutExp: choice(['accepted', 'refused'], 'What a token without exp leads to', [
    'inferred',
    'Qlik’s own examples (enigma.js, qs-jwt-examples) sign without exp',
  ]),
  jwtAudience: choice(
    ['checked', 'ignored'],
    'Whether the virtual proxy compares aud with its JWT audience, as releases with that field do',
    [
      'inferred',
      'qs-jwt: “Audience in JWT must match”; the first release with the field is not known',
    ],
  ),
  unexpectedAudience: choice(
    ['accepted', 'refused'],
    'What a token with aud leads to where the virtual proxy names no audience',
    nothingFound,
  ),
  futureIssuedAtAtProxy: choice(['accepted', 'refused'], 'What an iat in the future leads to', [
    'inferred',
    'H-NP: exp and nbf alone are used; qlik-sense-mcp dates iat back all the same',
  ]),
  subAsAttribute: choice(
    ['accepted', 'refused'],
    'Whether sub may be the attribute for user ID, user directory or an attribute of the map',
    [
      'unknown',
      'Qlik: “anything (except reserved key words for JWT claims)”; the list was not seen',
    ],
  ),
  bracketDirectory: choice(
    ['constant', 'literal'],
    'Whether a user directory in square brackets, [ACME], is a constant',
    ['unknown', 'Known of SAML from Qlik’s help; not found for JWT'],
  ),
  attributeOfOtherType: choice(
    ['text', 'dropped', 'refused'],
    'What an attribute that is neither a string nor a list of strings becomes',
    nothingFound,
  ),
  userNameForm: choice(
    ['accepted', 'refused'],
    'What a user ID or directory with control characters or over 255 characters leads to',
    nothingFound,
  ),
  proxyPublicKey: choice(
    ['refused', 'accepted'],
    'Whether the JWT certificate may be a public key in place of a certificate',
    ['unknown', 'The field is jwtPublicKeyCertificate; no source shows a key alone working'],
  ),
  proxyCertificateDates: choice(
    ['ignored', 'checked'],
    'Whether a token is accepted when the virtual proxy’s certificate has expired or is not yet valid',
    nothingFound,
  ),
  severalCertificates: choice(
    ['first', 'any', 'refused'],
    'What several certificates in the field lead to: the first counts, each counts, or none',
    nothingFound,
  ),
  laterToken: choice(
    ['checked', 'ignored'],
    'Whether a token that comes with a session’s cookie is verified, and opens a session for another user',
    [
      'inferred',
      'help.qlik.com, JWT authentication of NPrinting, steps 4a and 4b; Qlik Sense’s page is its sibling',
    ],
  ),
  laterTokenAttributes: choice(
    ['kept', 'replaced'],
    'Whether a session keeps its attributes when a later token of the same user has others',
    nothingFound,
  ),
  unknownUser: choice(
    ['created', 'refused'],
    'What a token for a user whom the repository does not know leads to',
    [
      'unknown',
      'Sources disagree: created at the first login by JWT, or “nonexistent users are rejected”',
    ],
  ),
  blockedUserStatus: choice(
    [401, 403],
    'The status when a user who is blocked, inactive or removed logs in with a token',
    ['inferred', 'qlik-sense-mcp: such users are rejected with 401'],
  ),
  tokenRefusalBody: choice(['text', 'html', 'empty'], 'What the body of a 401 for a bad token is', [
    'unknown',
    'The status was measured (qlik-sense-mcp), the body was not seen',
  ]),
  missingTokenBody: choice(
    ['text', 'html'],
    'Whether the text of a 401 without a token stands alone or in a page',
    ['inferred', 'Qlik Community, article 1716226, has the text; the page was not seen'],
  ),
  csrfTokenWithoutSession: choice(
    [403, 401],
    'The status of /qps/csrftoken without a token and a session',
    ['documented', '@qlik/api 2.19.0: 403, “which really should be 401 … for historical reasons”'],
  ),
  proxyRelease: choice(
    ['november-2024', 'may-2024', 'february-2024'],
    'The release: with the CSRF token of web sockets, with a token that is not asked for, without the endpoint',
    [
      'documented',
      'Qlik Community, article 2509211; @qlik/api and gopherciser take 404 for “no token”',
    ],
  ),
  csrfTokenLife: choice(
    ['stable', 'replaced', 'once'],
    'Whether a session keeps its CSRF token, gets a new one by each request for it, or needs one for each web socket',
    nothingFound,
  ),
  webSocketAuthorization: choice(
    ['refused', 'accepted'],
    'What an Authorization header on the upgrade of a web socket leads to from November 2024 on',
    [
      'unknown',
      'Qlik Community 2539417 and qlik-sense-mcp: refused; enigma.js and gopherciser still send it',
    ],
  ),
  webSocketWithoutSession: choice(
    ['must-authenticate', 'http'],
    'Whether a web socket without a session is told mustAuthenticate, or refused with 401',
    ['inferred', 'qdt-components issue 232, seen at a virtual proxy for tickets'],
  ),
  webSocketWithoutOrigin: choice(
    ['accepted', 'refused'],
    'What a web socket without an Origin leads to',
    ['unknown', 'enigma.js sends none from Node; qlik-sense-mcp advises to send one'],
  ),
  hostAllowList: choice(
    ['exact', 'suffix'],
    'Whether an entry of the host allow list stands for that host alone, or also for those below it',
    ['unknown', 'Qlik Community 2539417: “exact host names”; older set-ups list a parent domain'],
  ),
  hostAllowListWithScheme: choice(
    ['ignored', 'read'],
    'Whether an entry of the host allow list with a scheme or port counts by its host name',
    ['unknown', 'qlik-sense-mcp: host name only; Qlik Community 2539417: “the scheme matters”'],
  ),
  webSocketPing: choice(
    ['swallowed', 'hangs', 'answered'],
    'What a ping of a web socket leads to: nothing, no answer to anything after it, or a pong',
    ['inferred', 'qlik-sense-mcp, measured at 31.60: not relayed, and the next request hangs'],
  ),
  parallelSessions: wholeNumber(
    5,
    [1, 1000],
    'How many sessions of one user may open web sockets, over all virtual proxies',
    ['documented', 'Qlik Community 1714209: five; only user licences have the limit'],
  ),
  tooManySessions: choice(
    ['newest', 'all'],
    'Which web sockets are refused when a user has too many sessions: those of the newest, or of all',
    ['unknown', 'qlik-sense-mcp: “the next socket” after six sessions'],
  ),
  endedSessionCountsSec: wholeNumber(
    0,
    [0, 3600],
    'How long a session that has ended still counts towards the parallel sessions',
    ['unknown', 'Qlik Community idea 1783597: “5 sessions limit in a 5 minute interval”'],
  ),
  licenceAccess: choice(
    ['not-asked', 'asked'],
    'Whether a web socket needs professional or analyzer access of the user, which QRS allocates',
    [
      'documented',
      'gopherciser knows OnLicenseAccessDenied; access is commonly assigned by a rule',
    ],
  ),
  proxyPreflight: choice(
    ['unauthorized', 'answered'],
    'Whether a CORS preflight is answered without authentication, with the additional response headers',
    nothingFound,
  ),
  severalOrigins: choice(
    ['as-written', 'reflected'],
    'Whether several origins in Access-Control-Allow-Origin are sent as written, which browsers refuse, or the one that asks',
    ['documented', 'Qlik Community 2509211: “comma-separated”; browsers take one origin only'],
  ),
  logoutScope: choice(
    ['user-on-virtual-proxy', 'session'],
    'Which sessions DELETE /qps/user ends: all of the user on this virtual proxy, or this one',
    ['inferred', 'qlik-sense-mcp, measured: all on this virtual proxy'],
  ),
  logoutNeedsXrfkey: flag(false, 'Whether DELETE /qps/user needs an Xrfkey', [
    'unknown',
    'Qlik’s page on Xrfkeys names the proxy service’s API without saying which part',
  ]),
  staticFilesNeedSession: flag(
    false,
    'Whether /resources, /qlik-embed and other static files need a session',
    ['unknown', '@qlik/api 2.19.0 fetches product-info.json without credentials'],
  ),
  virtualProxyChange: choice(
    ['ends-sessions', 'keeps-sessions'],
    'What a change of a virtual proxy or its links does to its sessions',
    ['documented', 'The QMC: “The sessions for this proxy will be ended and the users logged out”'],
  ),
  certificateChange: choice(
    ['ends-sessions', 'keeps-sessions'],
    'What a change of the JWT certificate alone does to the sessions of the virtual proxy',
    ['unknown', 'The QMC’s text is about linking; a change through QRS was not seen'],
  ),
  sessionsOfNodes: choice(
    ['own', 'shared'],
    'Whether each node knows its own sessions only, or those of all',
    ['documented', 'Qlik Community 1715665: several nodes need sticky sessions'],
  ),
  sessionEndCloseCode: choice(
    [1000, 1006, 4001],
    'The close code of web sockets whose session ended, after the notification',
    ['unknown', 'Users report 1006 (enigma.js issue 241); no source settles it'],
  ),
  webSocketKeepsProxySession: flag(
    true,
    'Whether traffic of a web socket counts as activity of the proxy session',
    nothingFound,
  ),
  headerLimitStatus: choice(
    [400, 431],
    'The status of a request whose headers are larger than the proxy service allows',
    ['unknown', 'maxHeaderSizeBytes and maxHeaderLines are documented; the answer is not'],
  ),
  ...qrsSwitches,
  ...qpsSwitches,
}

/** The value of every switch of client-managed Qlik. */
export type ClientManagedSwitches = SwitchValuesOf<typeof clientManagedSwitches>
