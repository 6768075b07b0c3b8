import type { QlikError } from './qlik-error.ts'

const client =
  'github.com/qlik-oss/gopherciser, the notifications of the proxy; causes are inferred from the names'
const logInAgain = 'Log in again, and open the web socket with the cookie of the new session.'
const tryAgain =
  'Wait a little and open the app again. If it stays, look at the services of the node in the QMC.'

const where = 'a notification on the web socket, which then closes'

/** What the proxy of client-managed Qlik Sense sends to a web socket before it closes it. */
const notifications: readonly (Pick<QlikError, 'name' | 'cause' | 'action'> &
  Partial<QlikError>)[] = [
  {
    name: 'OnAuthenticationInformation',
    texts: ['OnAuthenticationInformation', 'mustAuthenticate'],
    where: 'a notification on the web socket, with mustAuthenticate: true',
    cause: 'The web socket was opened without the cookie of a valid session.',
    action: 'Log in over HTTP first, and send the session’s cookie with the handshake.',
    source: 'qdt-components, issue 232',
    certainty: 'verified',
  },
  {
    name: 'OnMaxParallelSessionsExceeded',
    cause:
      'The user has more than five sessions at the proxy. Each request with a token and without a cookie opens one.',
    action:
      'Send the token once, and the cookie with everything that follows; end sessions that are not needed.',
    source: 'github.com/qlik-oss/enigma.js, issues 424 and 970',
  },
  {
    name: 'OnSessionTimedOut',
    cause: 'The session was not used for the inactivity timeout of the virtual proxy.',
    action: logInAgain,
  },
  {
    name: 'OnSessionLoggedOut',
    cause: 'The user has logged out, or an administrator has ended the sessions of the user.',
    action: logInAgain,
  },
  {
    name: 'OnSessionClosed',
    cause: 'The session has ended, for example since the virtual proxy or its links were changed.',
    action: logInAgain,
  },
  {
    name: 'OnLicenseAccessDeniedPendingUserSync',
    cause: 'The user has no licence yet, while the user directory is being synchronised.',
    action: 'Wait until the synchronisation has ended, and open the app again.',
  },
  {
    name: 'OnNoEngineAvailable',
    cause: 'No engine among the load balancing nodes of the virtual proxy can be reached.',
    action:
      'Add engine nodes to the virtual proxy in the QMC, and check that their engine service runs.',
  },
  {
    name: 'OnEngineWebsocketFailed',
    cause: 'The engine did not accept the proxy’s web socket.',
    action: tryAgain,
  },
  {
    name: 'OnNoRepositoryAvailable',
    cause: 'The proxy cannot reach the repository.',
    action: tryAgain,
  },
  {
    name: 'OnRepositoryWebsocketFailed',
    cause: 'The repository did not accept the proxy’s web socket.',
    action: tryAgain,
  },
]

export const proxyNotifications: readonly QlikError[] = notifications.map((notification) => ({
  product: 'client-managed',
  texts: [notification.name],
  where,
  source: client,
  certainty: 'inferred',
  ...notification,
}))
