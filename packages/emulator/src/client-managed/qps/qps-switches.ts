import { choice } from '../../control/switch-definition.ts'

/** Each fact about QPS, and about client certificates, that no source settles, as a switch. */
export const qpsSwitches = {
  missingClientCertificate: choice(
    ['forbidden', 'broken'],
    'What QRS and QPS do without a client certificate of the site: answer 403, or end the connection',
    ['inferred', 'Qlik Community 179975: 403 of QPS without certificate or Xrfkey'],
  ),
  qpsSessionAddStatus: choice([201, 200], 'The status when QPS added a session', [
    'unknown',
    'Of tickets 201 is known; qlik-proxy-api reads the body alone',
  ]),
  qpsNotification: choice(
    ['OnSessionClosed', 'OnSessionLoggedOut'],
    'What web sockets are told when QPS ends their session',
    ['unknown', 'help.qlik.com, User: Delete: “a teardown of all connections”; not which message'],
  ),
}
