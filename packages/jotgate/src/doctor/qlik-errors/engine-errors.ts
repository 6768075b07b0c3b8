import type { QlikError } from './qlik-error.ts'

const client = 'npm @qlik/api 2.19.0, close codes'
const retry = 'Wait a little and open the app again; tell the user after a few attempts.'

type Close = readonly [
  code: number,
  text: string,
  product: QlikError['product'],
  certainty: QlikError['certainty'],
  cause: string,
  action: string,
]

/** The codes with which the engine’s web socket closes. Codes below 4200 have a name and no text. */
const closes: readonly Close[] = [
  [4000, '', 'both', 'verified', 'The client itself suspended the session.', 'Nothing: resume it.'],
  [
    4001,
    'Engine closed the session due to idleness',
    'both',
    'verified',
    'Nothing was asked for a long time.',
    'Resume the session, or open the app again.',
  ],
  [4002, '', 'both', 'inferred', 'The licence is being renewed.', retry],
  [
    4003,
    'The engine is in terminating state',
    'both',
    'verified',
    'The engine is being stopped, for an update for example.',
    'Nothing: Qlik’s clients resume by themselves.',
  ],
  [4004, '', 'both', 'inferred', 'The app was deleted while it was open.', 'Open another app.'],
  [
    4005,
    '',
    'both',
    'inferred',
    'The user has more sessions than allowed.',
    'Close some, and use one session for all objects of an app.',
  ],
  [
    4006,
    'Authentication issue, auto-resume doesn’t seem like a good idea',
    'both',
    'inferred',
    'The session behind the cookies has ended, or the cookies did not arrive.',
    'Log in again with a new token, then open the app again.',
  ],
  [
    4007,
    '',
    'both',
    'inferred',
    'The app changed its mode.',
    'Nothing: Qlik’s clients resume by themselves.',
  ],
  [4200, 'A problem occurred in engine-proxy', 'cloud', 'inferred', 'A fault at Qlik.', retry],
  [
    4201,
    'The client has closed the connection',
    'cloud',
    'verified',
    'The page or program closed it.',
    'Nothing, if that was meant.',
  ],
  [
    4202,
    'The provided request is invalid and/or malformed',
    'cloud',
    'inferred',
    'The address of the web socket is wrong.',
    'Check the app ID and the query of the address.',
  ],
  [
    4203,
    'No permission to open the app',
    'cloud',
    'inferred',
    'The user may not open the app: no role in its space, no group that has one, or no row in its section access.',
    'Give the space a group of the user, and check that the tenant takes groups from tokens. New rights take effect with the next login, and may take two minutes.',
  ],
  [
    4204,
    'App not found',
    'cloud',
    'inferred',
    'No app has this ID, or the user may not see it.',
    'Check the app ID.',
  ],
  [
    4205,
    'Too many requests have been sent in a given amount of time',
    'cloud',
    'verified',
    'The rate limit for connections was reached.',
    retry,
  ],
  [4206, 'Networking issues', 'cloud', 'inferred', 'A fault between parts of Qlik.', retry],
  [
    4210,
    'A problem occurred in a dependency of engine-proxy',
    'cloud',
    'inferred',
    'A fault at Qlik.',
    retry,
  ],
  [
    4211,
    'A dependency is unavailable and not serving any requests',
    'cloud',
    'inferred',
    'A fault at Qlik.',
    retry,
  ],
  [4220, 'A problem occurred in an engine', 'cloud', 'inferred', 'A fault at Qlik.', retry],
  [
    4222,
    'The reserved session is missing',
    'cloud',
    'inferred',
    'The session that was asked for has ended.',
    'Open the app again.',
  ],
  [
    4230,
    'You are not entitled to perform that operation',
    'cloud',
    'inferred',
    'The user has no licence.',
    'Assign a licence to the user, or turn on automatic assignment in Administration.',
  ],
  [
    4240,
    'There are currently no engines available',
    'cloud',
    'inferred',
    'No engine has room.',
    retry,
  ],
]

/** What the server says in a frame, and what Qlik's client says of its own. */
const said: readonly QlikError[] = [
  {
    name: 'OnLicenseAccessDenied',
    product: 'both',
    texts: ['OnLicenseAccessDenied', 'SESSION_ERROR_NO_LICENSE'],
    where: 'a notification on the web socket',
    cause: 'The user has no licence.',
    action: 'Assign one, by an automatic assignment rule for example.',
    source: 'github.com/qlik-oss/gopherciser, session states',
    certainty: 'inferred',
  },
  {
    name: 'NOT_CONNECTED',
    product: 'both',
    texts: ['Socket closed', 'NOT_CONNECTED', '{"code":-1,"message":"Socket closed"}'],
    where: 'enigma.js, code -1',
    cause:
      'The server closed the web socket without a reason: no access, no licence, a limit, or an origin that is not allowed.',
    action:
      'Look at the close code and the status of the handshake in the browser’s network panel, and explain that code.',
    source: 'github.com/qlik-oss/enigma.js, error codes and issue 241',
    certainty: 'verified',
  },
  {
    name: 'SUBPROTOCOL',
    product: 'both',
    texts: ["Failed to construct 'WebSocket': The subprotocol '[object Object]' is invalid."],
    where: 'the browser, when enigma.js opens a web socket',
    cause: 'An object with headers was given as the second argument of WebSocket, as Node allows.',
    action:
      'Give none in a browser: cookies and the query carry the login. The name of this page is ours.',
    source: 'github.com/qlik-oss/enigma.js, issue 889',
    certainty: 'verified',
  },
  {
    name: 'APP-ALREADY-OPEN',
    product: 'both',
    texts: ['App already open', 'App already open in different mode'],
    where: 'the engine’s errors 1002 and 1009',
    cause: 'The same engine session has opened this app before, or opened it without data.',
    action:
      'Take the app that is open (GetActiveDoc), or open a session with another /identity/ in its address. The name of this page is ours.',
    source: 'enigma.js schema, LocalizedErrorCode; npm @qlik/api, qix',
    certainty: 'verified',
  },
]

export const engineErrors: readonly QlikError[] = [
  ...closes.map(([code, text, product, certainty, cause, action]) => ({
    name: String(code),
    product,
    texts: text === '' ? [] : [text],
    where: `close code ${code} of the engine’s web socket`,
    cause,
    action,
    source: client,
    certainty,
  })),
  ...said,
]
