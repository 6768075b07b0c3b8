import type { QlikError } from './qlik-error.ts'

const qrs = 'the repository API (QRS)'
const measured = 'github.com/bintocher/qlik-sense-mcp (a third party, measured on 31.60 and 31.62)'
const ours = 'The name of this page is ours.'

/** What client-managed Qlik Sense answers over HTTP. It has no codes: the names are ours. */
const errors: readonly Omit<QlikError, 'product'>[] = [
  {
    name: 'QSEOW-NO-AUTHENTICATION',
    texts: ['Could not authenticate the request: Expected an authentication header.'],
    where: 'HTTP 401 at any path of a virtual proxy with JWT authentication',
    cause:
      'The request has neither a token nor the cookie of a session, or the cookie is of another virtual proxy.',
    action:
      'Send the token once as Authorization: Bearer to a path below the prefix of the virtual proxy, keep the cookie that the answer sets, and send that with each later request.',
    source: 'captured answer of a server; npm @qlik/api 2.19.0',
    certainty: 'verified',
  },
  {
    name: 'QSEOW-TOKEN-REFUSED',
    texts: ['Unauthorized'],
    where: 'HTTP 401 at the first request with a token',
    cause:
      'The token has expired or is not valid yet, is signed by another key than that of the certificate in the virtual proxy, or names user ID and directory in other claims than the virtual proxy has.',
    action:
      'Check it with `jotgate token inspect --for client-managed --certificate FILE`, and compare the claim names with the virtual proxy in the QMC. The proxy’s audit log names the reason.',
    source: measured,
    certainty: 'inferred',
  },
  {
    name: 'QSEOW-PREFIX',
    texts: ['The http request header is incorrect.'],
    where: 'HTTP 400 with an HTML page',
    cause:
      'No virtual proxy has the prefix of the path, or it is not linked to this proxy (in a cluster also to the Central proxy), or the host name is not accepted.',
    action:
      'Compare the prefix with the QMC, link the virtual proxy to the proxy service, and add the host name to the Host allow list.',
    source: measured,
    certainty: 'inferred',
  },
  {
    name: 'QSEOW-XSRF',
    texts: ['XSRF prevention check failed. Possible XSRF discovered.'],
    where: `HTTP 403 at ${qrs} and the proxy API (QPS)`,
    cause:
      'The query parameter xrfkey and the header X-Qlik-Xrfkey differ, or one is missing. A # in a filter that is not encoded cuts the query off.',
    action: `Send the same 16 letters and digits in both, and encode the values of the query. ${ours}`,
    source: 'help.qlik.com, Repository Service API, Using Xrfkey headers',
    certainty: 'verified',
  },
  {
    name: 'QRS-MISSING-PARAMETER',
    texts: ['Missing parameter value(s)'],
    where: `HTTP 400 at ${qrs}`,
    cause: 'A & in a filter is not encoded, so that a parameter without a value begins there.',
    action: `Encode the values of the query with encodeURIComponent. ${ours}`,
    source: 'public programs that handle the answer',
    certainty: 'inferred',
  },
  {
    name: 'QRS-FILTER',
    texts: ['Cannot parse the expression:'],
    where: `HTTP 400 at ${qrs}`,
    cause: 'The filter is not one that the repository understands: most often a quote is missing.',
    action: `Write it as name eq 'value', with single quotes, and encode it. ${ours}`,
    source: 'help.qlik.com, Repository Service API, Filtering',
    certainty: 'inferred',
  },
  {
    name: 'QRS-CONFLICT',
    texts: ['409 Conflict'],
    where: `HTTP 409 at an update in ${qrs}`,
    cause: 'Somebody else has changed the object since it was read: its modifiedDate is newer.',
    action: `Read the object again, apply the change to that, and send it whole. ${ours}`,
    source: 'help.qlik.com, Repository Service API, Conflict handling',
    certainty: 'verified',
  },
  {
    name: 'QRS-FORBIDDEN',
    texts: ['403 Forbidden'],
    where: `HTTP 403 at ${qrs}`,
    cause: 'No security rule lets the caller do this to the object.',
    action: `Give the user of the program a rule for exactly that, in the context of the QMC. ${ours}`,
    source: 'reports of service users without a rule; the text of the answer was not seen',
    certainty: 'inferred',
  },
  {
    name: 'QPS-FORBIDDEN',
    texts: ['403 FORBIDDEN'],
    where: 'HTTP 403 at DELETE of a session in the proxy API (QPS)',
    cause: 'The call came without a client certificate, or without xrfkey.',
    action: `Call port 4243 with a certificate that the QMC exported, and send xrfkey. ${ours}`,
    source: 'Qlik Community, thread 179975',
    certainty: 'inferred',
  },
  {
    name: 'QPS-HOST-NAME',
    texts: ["Hostname/IP does not match certificate's altnames", 'ERR_TLS_CERT_ALTNAME_INVALID'],
    where: 'TLS to the proxy API (QPS) on port 4243',
    cause: 'The server’s certificate names the short host name, and the call uses the full one.',
    action: `Call it by the name that the certificate has, and leave verification on. ${ours}`,
    source: 'a public program’s notes; the text is Node’s',
    certainty: 'inferred',
  },
  {
    name: 'QSEOW-CSRF-TOKEN-FORBIDDEN',
    texts: ['403 Forbidden'],
    where: 'HTTP 403 at GET /{prefix}/qps/csrftoken',
    cause:
      'The host name of the request is not in the Host allow list of the virtual proxy, or there is no session.',
    action: `Add the host name to the list, the name alone, and log in first. ${ours}`,
    source: `${measured}; npm @qlik/api 2.19.0`,
    certainty: 'inferred',
  },
  {
    name: 'QSEOW-CSWSH',
    texts: [
      'Cross-Site Websocket Hijacking attack prevention check failed. Possible Cross-Site Websocket Hijacking attack (CSWSH) discovered.',
      'Handshake status 403 Forbidden',
      'Unexpected server response: 403',
      'Unexpected response code: 403',
    ],
    where:
      'HTTP 403 at the handshake of a web socket, from November 2024 on; the text is in the proxy’s log',
    cause:
      'The CSRF token is missing from the query or belongs to another session, the Origin is not allowed, or Authorization was sent with the handshake.',
    action: `Get /{prefix}/qps/csrftoken with the session’s cookie, put the value into the query as qlik-csrf-token, send the same cookie and no Authorization. ${ours}`,
    source: 'Qlik Community, article 2509211 and thread 2539417',
    certainty: 'inferred',
  },
  {
    name: 'QSEOW-EMPTY-APP-LIST',
    texts: ['an empty list of apps', 'empty app list', 'No apps are listed'],
    where: 'HTTP 200 at a list of apps that should not be empty',
    cause:
      'The user is another one than was meant, since a claim name differs from the virtual proxy, or has no rights to any app.',
    action: `Ask /{prefix}/qps/user who the session belongs to, and compare claims and security rules. ${ours}`,
    source: 'github.com/qlik-oss/enigma.js, examples',
    certainty: 'verified',
  },
  {
    name: 'QSEOW-IFRAME-LOGIN',
    texts: ['a blank iframe, or the login page again', 'an empty iframe'],
    where: 'a page of Qlik in an iframe of another site',
    cause:
      'The browser does not send the session’s cookie from another site, the cookie has no SameSite=None, or the browser does not trust the server’s certificate.',
    action: `Serve both from one site, or set SameSite to None and HTTPS at the virtual proxy; open the server’s address once to see what the browser says of its certificate. ${ours}`,
    source: 'Qlik Community, thread 1758478; npm @qlik/api, authentication',
    certainty: 'inferred',
  },
]

export const clientManagedErrors: readonly QlikError[] = errors.map((error) => ({
  ...error,
  product: 'client-managed',
}))
