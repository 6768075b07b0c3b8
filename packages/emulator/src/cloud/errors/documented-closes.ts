import type { DocumentedClose } from '../../control/faults/error-catalogue.ts'

const client = '@qlik/api 2.19.0, close codes'

function close(
  closeCode: number,
  text: string,
  cause: string,
  advice: string,
  more: Partial<DocumentedClose> = {},
): DocumentedClose {
  return { id: `close-${closeCode}`, closeCode, text, cause, advice, source: client, ...more }
}

const tryAgain = 'Wait a little and open the app again; after some tries tell the user.'
const resumes = 'enigma.js and @qlik/api can resume the session by themselves.'

/** Every close code of the engine that is known in public. */
export const documentedCloses: readonly DocumentedClose[] = [
  close(
    4000,
    '',
    'The client suspended the session itself.',
    'Nothing: resume when it is wanted again.',
  ),
  close(4001, '', 'Engine closed the session due to idleness.', 'Resume, or open the app again.'),
  close(4002, '', 'The licence is being renewed.', tryAgain),
  close(
    4003,
    'The engine is in terminating state',
    'The engine is stopping, for example for an update.',
    resumes,
  ),
  close(4004, '', 'The app was deleted while it was open.', 'Open another app.'),
  close(
    4005,
    '',
    'The user has too many sessions open.',
    'Close the sessions that are not needed; open one per app.',
  ),
  close(
    4006,
    '',
    'The session of the cookies has ended, or the request had no cookies.',
    'Log in again, with a new token, then open the app again.',
  ),
  close(4007, '', 'The mode of the app changed.', resumes),
  close(4200, 'A problem occurred in engine-proxy', 'A fault at Qlik.', tryAgain),
  close(4201, 'The client has closed the connection', 'The page went away.', 'Nothing.'),
  close(
    4202,
    'The provided request is invalid and/or malformed',
    'The address of the web socket is wrong.',
    'Check app ID and query of the address.',
  ),
  close(
    4203,
    'No permission to open the app',
    'The user may not open the app: no space role, no group, or no row in its section access.',
    'Give the space a group of the user’s, and check that groups from tokens are on. New rights can take two minutes.',
  ),
  close(
    4204,
    'App not found',
    'The app does not exist, or the user may not see it.',
    'Check the app ID.',
  ),
  close(
    4205,
    'Too many requests have been sent in a given amount of time',
    'The rate limit in front of the engine.',
    tryAgain,
  ),
  close(4206, 'Networking issues', 'A fault between parts of Qlik.', tryAgain),
  close(4210, 'A problem occurred in a dependency of engine-proxy', 'A fault at Qlik.', tryAgain),
  close(
    4211,
    'A dependency is unavailable and not serving any requests',
    'A fault at Qlik.',
    tryAgain,
  ),
  close(4220, 'A problem occurred in an engine', 'A fault at Qlik.', tryAgain),
  close(
    4222,
    'The reserved session is missing',
    'The session no longer exists.',
    'Open the app again.',
  ),
  close(
    4230,
    'You are not entitled to perform that operation',
    'The user has no licence.',
    'Turn auto-assignment of licences on, or assign one to the user.',
    {
      sessionState: 'SESSION_ERROR_NO_LICENSE',
      notification: 'OnLicenseAccessDenied',
      source: `${client}; gopherciser, session states`,
    },
  ),
  close(4240, 'There are currently no engines available', 'No engine has room.', tryAgain),
]
