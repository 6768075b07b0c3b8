import type { DocumentedClose } from '../../control/faults/error-catalogue.ts'

const names = 'qlik-oss/gopherciser, the notifications of the proxy'

function close(
  notification: string,
  cause: string,
  advice: string,
  more: Partial<DocumentedClose> = {},
): DocumentedClose {
  return {
    id: `proxy-${notification.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).slice(1)}`,
    // What the proxy itself sends was not found: the switch sessionEndCloseCode decides it for sessions.
    closeCode: 1000,
    text: '',
    notification,
    parameters: { severity: 'fatal', message: cause },
    cause,
    advice,
    source: names,
    ...more,
  }
}

const logInAgain = 'Log in again, and open the web socket with the new cookie.'
const tryLater = 'Wait a little and open it again; after some tries tell the user.'

/** What the proxy tells a web socket before it closes it. */
export const proxyCloses: readonly DocumentedClose[] = [
  close(
    'OnMaxParallelSessionsExceeded',
    'The user has more than five sessions, over all virtual proxies.',
    'Keep the cookie of the first answer: each request that brings a token alone opens a session.',
    { source: 'Qlik Community 1714209; enigma.js issues 970 and 424' },
  ),
  close(
    'OnSessionTimedOut',
    'The session was not used for the inactivity time-out of the virtual proxy.',
    logInAgain,
  ),
  close('OnSessionLoggedOut', 'The user logged out, or was logged out by QPS.', logInAgain),
  close(
    'OnSessionClosed',
    'The session was closed: the virtual proxy or its links changed.',
    logInAgain,
  ),
  close(
    'OnLicenseAccessDenied',
    'The user has no access by the licence.',
    'Allocate access to the user.',
  ),
  close(
    'OnLicenseAccessDeniedPendingUserSync',
    'The user has no access yet: the user directory is being synchronised.',
    tryLater,
  ),
  close('OnNoEngineAvailable', 'No engine of the load balancing nodes can be reached.', tryLater),
  close('OnEngineWebsocketFailed', 'The engine did not take the web socket.', tryLater),
  close('OnNoRepositoryAvailable', 'The repository cannot be reached.', tryLater),
  close('OnRepositoryWebsocketFailed', 'The repository did not take the web socket.', tryLater),
  close(
    'OnAuthenticationInformation',
    'The web socket has no valid session cookie.',
    'Log in first; from another site the cookie needs SameSite=None and Secure.',
    { parameters: { mustAuthenticate: true }, source: 'qdt-components, issue 232' },
  ),
]
