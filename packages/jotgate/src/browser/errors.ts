import { type DetailsOf, defineErrors } from '../errors/index.ts'
import type { QlikProblem } from '../protocol/index.ts'

/** What Qlik said, cut to length. */
interface LoginRefusal extends QlikProblem {
  url: string
  status: number
}

/** The errors of the part `browser`. No detail holds a token or a CSRF token. */
export const browserErrors = defineErrors('ERR_BROWSER', {
  ERR_BROWSER_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; the documentation of `connect` tells form and bounds.',
  },
  ERR_BROWSER_NOT_LOGGED_IN: {
    kind: 'failure',
    status: 401,
    message: (details: { url: string; status: number }) =>
      `The application does not know who you are: ${details.url} answered ${details.status === 0 ? 'with a redirect' : details.status}`,
    hint: 'Log in to the application, then load the page again.',
  },
  ERR_BROWSER_NOT_ALLOWED: {
    kind: 'failure',
    status: 403,
    message: (details: { url: string }) =>
      `The application gives no token to you or to this page: ${details.url} answered 403`,
    hint: 'Ask for the right to see Qlik in this application. For its developer: the endpoint must list the origin of this page.',
  },
  ERR_BROWSER_TOKEN_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string; status: number }) =>
      `The application’s token endpoint failed: ${details.url} answered ${details.status}`,
    hint: 'Wait a moment and load the page again (429: too many at once). For the developer: look at the server’s log for this request.',
  },
  ERR_BROWSER_TOKEN_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string }) =>
      `The application’s token endpoint cannot be reached at ${details.url}`,
    hint: 'Check the network. For the developer: the endpoint belongs on the page’s own origin, and no content security policy (connect-src) may stand in its way.',
  },
  ERR_BROWSER_TOKEN_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { source: string; problem: string }) =>
      `${details.source} ${details.problem}`,
    hint: 'The endpoint answers POST with the JSON { "token": "header.payload.signature" } and nothing else; a token function returns that text.',
  },
  ERR_BROWSER_QLIK_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string; pageOrigin: string }) =>
      `The browser got no answer from ${details.url} that the page ${details.pageOrigin} may read`,
    hint: 'Check that Qlik runs at that address. If it does, its web integration must be the one of `webIntegrationId` and must list the page’s origin exactly as given above, without a slash at the end; the page’s own content security policy must allow it as connect-src.',
  },
  ERR_BROWSER_TIMEOUT: {
    kind: 'failure',
    status: 504,
    message: (details: { url: string; timeoutMs: number }) =>
      `${details.url} did not answer within ${details.timeoutMs} ms`,
    hint: 'Check the network and try again, or raise `timeoutMs`.',
  },
  ERR_BROWSER_LOGIN_REFUSED: {
    kind: 'failure',
    status: 502,
    message: ({ url, status, code, title, detail, traceId }: LoginRefusal) => {
      const words = [code, title, detail].filter((word) => word !== undefined).join(', ')
      const trace = traceId === undefined ? '' : ` (trace ${traceId})`
      return `Qlik refused the token: ${url} answered ${status}${words === '' ? '' : `: ${words}`}${trace}`
    },
    hint: 'Compare the tenant’s JWT identity provider with the token: issuer, key ID, certificate and clocks. A token works once: the endpoint must sign a new one for each call.',
  },
  ERR_BROWSER_COOKIES_BLOCKED: {
    kind: 'failure',
    status: 401,
    message: (details: { url: string; pageOrigin: string }) =>
      `Qlik logged you in, but the browser does not send Qlik’s cookies from ${details.pageOrigin} to ${details.url}: it blocks third-party cookies`,
    hint: 'Page and Qlik must be one site. Put a gateway in front of Qlik under the page’s own site (such as qlik.acme.example for www.acme.example), or for a trial allow third-party cookies for Qlik in the browser’s settings.',
  },
  ERR_BROWSER_CSRF_TOKEN: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string }) => `The answer of ${details.url} shows no CSRF token`,
    hint: 'Something between browser and Qlik takes the header qlik-csrf-token away, or does not name it in Access-Control-Expose-Headers: let it pass.',
  },
  ERR_BROWSER_QLIK_FAILED: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string; status: number }) =>
      `Qlik answered ${details.url} with ${details.status}`,
    hint: 'Wait a moment and load the page again. When it stays, look at the tenant’s status page.',
  },
  ERR_BROWSER_QLIK_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string; problem: string }) =>
      `Qlik’s answer to ${details.url} ${details.problem}`,
    hint: 'Check that `url` is a Qlik Cloud tenant and that nothing between answers in its place.',
  },
  ERR_BROWSER_USER_CHANGED: {
    kind: 'failure',
    status: 401,
    message: () =>
      'Somebody else has logged in to the application since this page was loaded, so it does not go on',
    hint: 'Load the page again: it is then the new person’s page.',
  },
  ERR_BROWSER_LOGGED_OUT: {
    kind: 'failure',
    status: 401,
    message: () => 'This connection to Qlik has been logged out',
    hint: 'Call `connect` again for a new one.',
  },
  ERR_BROWSER_LOGOUT: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string }) =>
      `The session at ${details.url} is still open after the logout`,
    hint: 'Try again; otherwise close the browser, which ends the session’s cookies.',
  },
  ERR_BROWSER_ADDRESS: {
    kind: 'failure',
    status: 500,
    message: (details: { url: string }) =>
      `This connection speaks with ${details.url} alone; the address that was asked for is elsewhere`,
    hint: 'Give a path that begins with a slash, such as /api/v1/items. For other servers use the browser’s own fetch.',
  },
})

/** The codes of this part. */
export type BrowserErrorCode = keyof typeof browserErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof browserErrors> {}
}
