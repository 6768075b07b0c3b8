import type { ClientText } from '../../control/faults/error-catalogue.ts'

/** Texts of clients at client-managed Qlik, which no server sends. */
export const proxyClientTexts: readonly ClientText[] = [
  {
    text: 'App already open',
    who: 'the engine, error 1002 or 1009 (“different mode”)',
    cause: 'Two sockets of one user, app and identity share an engine session.',
    advice: 'Open the second with another identity: /app/{id}/identity/{name}.',
  },
  {
    text: '{"code":-1,"message":"Socket closed"}',
    who: 'enigma.js (NOT_CONNECTED)',
    cause:
      'The proxy refused or closed the web socket: no access, no licence, too many sessions, or an origin that is not in the host allow list.',
    advice: 'Look for the handshake under Requests, and for the close code under Engine.',
  },
  {
    text: 'No apps are listed, and the answer was 200',
    who: 'people',
    cause:
      'The user of the token is another one than expected: attribute names, directory or case.',
    advice: 'Ask /qps/user who you are, and compare with the user in the QMC.',
  },
  {
    text: 'An empty iframe, or the login again',
    who: 'people',
    cause:
      'The browser kept no cookie: third-party cookies, SameSite, or an untrusted certificate.',
    advice: 'Serve Qlik from the page’s own site, set SameSite=None and Secure, or use a gateway.',
  },
]
