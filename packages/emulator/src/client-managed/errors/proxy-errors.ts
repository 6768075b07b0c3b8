import type { DocumentedError } from '../../control/faults/error-catalogue.ts'
import { proxyTexts } from '../proxy/answers.ts'

const text = { statusStyle: 'none', certainty: 'documented' } as const

/** Errors that the proxy answers over HTTP: texts and pages, no JSON. */
export const proxyErrors: readonly DocumentedError[] = [
  {
    ...text,
    id: 'proxy-expected-header',
    code: 'HTTP-401',
    title: proxyTexts.expectedHeader,
    status: 401,
    method: 'GET',
    path: '/',
    cause: 'A virtual proxy for JWT was asked without a token and without a session.',
    advice:
      'Send the token as Authorization: Bearer with the first request, and the cookie of its answer with each later one. A browser cannot send it by navigating: fetch first, or use a gateway.',
    source: 'Qlik Community, article 1716226',
  },
  {
    ...text,
    id: 'proxy-token-refused',
    code: 'HTTP-401',
    title: 'Unauthorized',
    certainty: 'status only inferred',
    status: 401,
    method: 'GET',
    path: '/',
    cause:
      'The token was refused: expired, not yet valid, of another key, without the attributes that the virtual proxy names, or for a user who is blocked. The answer does not say which.',
    advice: 'Look at the token rule by rule under Requests, and compare it with the virtual proxy.',
    source: 'bintocher/qlik-sense-mcp, measured at 31.60: 401; the text was not seen',
  },
  {
    ...text,
    id: 'proxy-wrong-header',
    code: 'HTTP-400',
    title: proxyTexts.wrongHeader,
    status: 400,
    method: 'GET',
    path: '/',
    cause:
      'No virtual proxy that is linked to this proxy has the prefix, or the host name is not this server’s.',
    advice:
      'Link the virtual proxy to the proxy of the node that the address leads to, and compare the prefix letter by letter.',
    source: 'bintocher/qlik-sense-mcp, measured at 31.60: a page of about 88 kB with this text',
  },
  {
    ...text,
    id: 'proxy-xsrf',
    code: 'HTTP-403',
    title: proxyTexts.xsrf,
    status: 403,
    method: 'GET',
    path: '/',
    cause:
      'The Xrfkey is missing or differs: 16 letters and digits, the same in the query and in X-Qlik-Xrfkey. An unescaped # cuts the query.',
    advice: 'Send Xrfkey in the query and X-Qlik-Xrfkey in the header, and encode the filter.',
    source: 'help.qlik.com, “Using Xrfkey header”; the text: butler-sheet-icons, tried at a server',
  },
  {
    ...text,
    id: 'proxy-cswsh',
    code: 'HTTP-403',
    title: proxyTexts.crossSiteSocket,
    status: 403,
    method: 'GET',
    path: '/',
    cause:
      'The handshake of a web socket came from a page that the host allow list does not have, without the CSRF token of its session in the query, or with an Authorization header. The client sees 403; the text is in the proxy’s log.',
    advice:
      'Get /qps/csrftoken with the session’s cookie, send its token as qlik-csrf-token in the query of the web socket, and list the page’s host name in the host allow list.',
    source: 'Qlik Community, articles 2509211 and 2539417',
  },
  {
    ...text,
    id: 'proxy-csrf-forbidden',
    code: 'HTTP-403',
    title: 'Forbidden',
    certainty: 'status only inferred',
    status: 403,
    method: 'GET',
    path: '/',
    cause:
      '/qps/csrftoken was asked without a session, or by a page whose host is not in the host allow list.',
    advice:
      'Log in first; list the page’s host name, without scheme and port, in the host allow list.',
    source:
      '@qlik/api 2.19.0: 403 without a session; bintocher/qlik-sense-mcp: the host allow list',
  },
]
