import type { ClientText } from '../../control/faults/error-catalogue.ts'

/** Texts of browsers, libraries and samples, which no server sends: listed so that nobody looks for them here. */
export const clientTexts: readonly ClientText[] = [
  {
    text: 'Third-party cookies are not enabled in your browser settings and/or browser mode.',
    who: 'Qlik’s sample pages',
    cause: 'jwt-session answered 200, and users/me answered 401: the browser kept no cookie.',
    advice: 'Serve Qlik from the page’s own site, or use a gateway there.',
  },
  {
    text: 'has been blocked by CORS policy',
    who: 'the browser',
    cause:
      'The web integration does not list the page’s origin, or the request has no web integration ID.',
    advice: 'Compare the origin in Requests with the list in Set-up, character by character.',
  },
  {
    text: 'Refused to frame … because an ancestor violates the following Content Security Policy directive: "frame-ancestors \'self\'"',
    who: 'the browser',
    cause: 'No CSP entry of the tenant lists the page as a frame ancestor.',
    advice: 'Add a CSP entry for the page’s origin with frame-ancestors.',
  },
  {
    text: 'Socket closed',
    who: 'enigma.js (NOT_CONNECTED, -1)',
    cause: 'The web socket was refused or cut. Engine shows its close code.',
    advice: 'Look up the close code above.',
  },
]
