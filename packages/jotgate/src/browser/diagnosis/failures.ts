import { type ErrorDefinition, JotgateError } from '../../errors/index.ts'
import type { QlikProblem } from '../../protocol/index.ts'
import { pageOrigin } from '../direct/page-globals.ts'
import type { DetailsIn } from '../immediate-errors.ts'
import type { EndedReason, WaitingReason } from '../reasons.ts'

/** What Qlik said, cut to length. */
export interface LoginRefusal extends QlikProblem {
  reason: EndedReason
  url: string
  status: number
}

/** Why a gateway opens no session. */
export interface GatewayRefusal {
  reason: WaitingReason | 'refused' | 'not-permitted'
  url: string
  status: number
  /** The gateway's own code. */
  code?: string
  retryAfterSeconds?: number
}

function refusalText({ url, status, code, title, detail, traceId }: LoginRefusal): string {
  const words = [code, title, detail].filter((word) => word !== undefined).join(', ')
  const trace = traceId === undefined ? '' : ` (trace ${traceId})`
  return `${url} answered ${status}${words === '' ? '' : `: ${words}`}${trace}`
}

/**
 * What may fail between a page, its application and Qlik. A page loads these words when something has failed.
 * `details.reason` is the reason for which a connection waits or has ended. No detail contains a token or a CSRF token.
 */
export const failures = {
  ERR_BROWSER_NOT_LOGGED_IN: {
    kind: 'failure',
    status: 401,
    message: (details: { reason: 'not-logged-in-to-host'; url: string; status: number }) =>
      `The application does not know who you are: POST ${details.url} was answered with ${details.status === 0 ? 'a redirect' : details.status}`,
    hint: 'Log in to the application, then load the page again. For its developer: the endpoint answers POST itself, without a redirect to another scheme, language or login page.',
  },
  ERR_BROWSER_REVOKED: {
    kind: 'failure',
    status: 401,
    message: (details: { reason: 'revoked'; url: string }) =>
      `Your session at ${details.url} was ended by its operator, or by the application`,
    hint: 'If you may still use Qlik, log in to the application and load the page again. For its operator: the audit log of the gateway has when, and by which way.',
  },
  ERR_BROWSER_NOT_ALLOWED: {
    kind: 'failure',
    status: 403,
    message: (details: { reason: 'not-permitted'; url: string }) =>
      `The application gives you, or this page, no token: ${details.url} answered 403`,
    hint: 'Ask for the right to see Qlik in this application. For its developer: the endpoint must list the origin of this page.',
  },
  ERR_BROWSER_TOKEN_ADDRESS: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; url: string; status: number; movedTo?: string }) =>
      `POST ${details.url} was answered with ${details.movedTo === undefined ? `${details.status}: no endpoint takes a POST there` : `a redirect to ${details.movedTo}`}`,
    hint: 'Give `token.url` the exact address of an endpoint that answers POST itself: that is how `connect` asks for the token.',
  },
  ERR_BROWSER_TOKEN_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: {
      reason: WaitingReason | 'refused'
      url: string
      status: number
      retryAfterSeconds?: number
    }) => `The application’s token endpoint failed: ${details.url} answered ${details.status}`,
    hint: 'Wait a moment and load the page again (429 and 503: too many at once). For the developer: look at the server’s log for this request.',
  },
  ERR_BROWSER_TOKEN_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'host-unreachable'; url: string }) =>
      `The application’s token endpoint cannot be reached at ${details.url}`,
    hint: 'Check the network. For the developer: the endpoint belongs on the page’s own origin, and the page’s content security policy (connect-src) must allow it.',
  },
  ERR_BROWSER_TOKEN_FUNCTION: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'host-unreachable' }) =>
      `The token function failed (${details.reason})`,
    hint: 'Look at the error’s `cause`, which is what the function threw. Return null when nobody is logged in to the application.',
  },
  ERR_BROWSER_TOKEN_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; source: string; problem: 'used' | 'unsigned' }) =>
      `${details.source} gave ${details.problem === 'used' ? 'the same token again' : 'no signed token'}`,
    hint: 'The endpoint answers POST with the JSON { "token": "header.payload.signature" } and nothing else; a token function returns that string. A token works once: sign a new one for each call, and let nothing keep the answer.',
  },
  ERR_BROWSER_OFFLINE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'offline'; url: string }) =>
      `This device has no network, so ${details.url} was not reached`,
    hint: 'Check the network. The connection tries again as soon as the browser is online.',
  },
  ERR_BROWSER_QLIK_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'qlik-unreachable'; url: string; pageOrigin: string }) =>
      `The browser got no answer from ${details.url} that the page ${details.pageOrigin} may read`,
    hint: 'Check that Qlik runs at that address. If it does, its web integration must be the one of `webIntegrationId` and must list the page’s origin exactly as given above, without a slash at the end; the page’s content security policy must allow it as connect-src.',
  },
  ERR_BROWSER_TIMEOUT: {
    kind: 'failure',
    status: 504,
    message: (details: { reason: WaitingReason; url: string; timeoutMs: number }) =>
      `${details.url} did not answer within ${details.timeoutMs} ms`,
    hint: 'Check the network and try again, or raise `timeoutMs`.',
  },
  ERR_BROWSER_LOGIN_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: LoginRefusal & { reason: 'refused' }) =>
      `Qlik refused the token: ${refusalText(details)}`,
    hint: 'Compare the tenant’s JWT identity provider with the token: issuer, key ID, certificate and clocks. A token works once: the endpoint must sign a new one for each call.',
  },
  ERR_BROWSER_PROXY_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'qlik-unreachable'; url: string; pageOrigin: string }) =>
      `The browser got no answer from ${details.url} that the page ${details.pageOrigin} may read`,
    hint: 'A page cannot see why. In this order: the server is away, or its certificate is not trusted (open the address in a tab); no virtual proxy has this prefix; its additional response headers lack Access-Control-Allow-Origin with exactly this origin and no other, Access-Control-Allow-Credentials: true, or Access-Control-Allow-Headers: authorization, x-qlik-xrfkey; the proxy does not answer a preflight without a login, which a gateway under the page’s own site avoids. `jotgate session open` with the same deployment tells the first two from the others.',
  },
  ERR_BROWSER_PROXY_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; url: string; status: number }) =>
      `The virtual proxy refused the token: ${details.url} answered ${details.status}`,
    hint: 'By status. 401: compare certificate, attribute names for user ID and user directory, audience and clocks; `jotgate token inspect` looks at the token. 400: no virtual proxy has this prefix, or it is not linked to the proxy that answers. 403: the user may not enter.',
  },
  ERR_BROWSER_GATEWAY_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'qlik-unreachable'; url: string; pageOrigin: string }) =>
      `The browser got no answer from the gateway ${details.url} that the page ${details.pageOrigin} may read`,
    hint: 'Check that the gateway runs at that address. If it does, its `allowedOrigins` must list the page’s origin exactly as given above, and the page’s content security policy must allow it as connect-src.',
  },
  ERR_BROWSER_GATEWAY_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: GatewayRefusal) =>
      `The gateway did not let you in: ${details.url} answered ${details.status}${details.code === undefined ? '' : ` (${details.code})`}`,
    hint: 'The gateway’s log has the reason under the request’s ID, and its audit log has why somebody may not enter. For 401 compare issuer, audience, key and clocks of the assertion, and sign a new one for each call.',
  },
  ERR_BROWSER_GATEWAY_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; url: string }) =>
      `The answer of ${details.url} is not that of a gateway`,
    hint: 'Check that `url` is the `publicUrl` of a gateway, and that nothing between answers in its place.',
  },
  ERR_BROWSER_QLIK_QUEUE: {
    kind: 'failure',
    status: 503,
    message: (details: { reason: 'queue-full'; url: string; retryAfterSeconds: number }) =>
      `Your login at Qlik waits for its turn: ${details.url} answered 503`,
    hint: 'Wait: the login stays in the gateway’s queue, and the connection asks again by itself.',
  },
  ERR_BROWSER_HOST_NOT_ALLOWED: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'origin-not-listed'; url: string; pageOrigin: string }) =>
      `The virtual proxy takes no web sockets from the page ${details.pageOrigin}: ${details.url} answered 403`,
    hint: 'Add the host name of the page, without scheme and port, to the Host allow list of the virtual proxy.',
  },
  ERR_BROWSER_CLOCK: {
    kind: 'failure',
    status: 502,
    message: (details: LoginRefusal & { reason: 'clock'; problem: string }) =>
      `Qlik refused the token, which ${details.problem} by this device’s clock: ${refusalText(details)}`,
    hint: 'Set the clock of the server that signs the tokens, and the one of this device, by a time server.',
  },
  ERR_BROWSER_ORIGIN: {
    kind: 'failure',
    status: 502,
    message: (details: LoginRefusal & { reason: 'origin-not-listed'; pageOrigin: string }) =>
      `Qlik does not let the page ${details.pageOrigin} log in: ${refusalText(details)}`,
    hint: 'The web integration of `webIntegrationId` must list the page’s origin exactly as given above, without a slash at the end.',
  },
  ERR_BROWSER_COOKIES_BLOCKED: {
    kind: 'failure',
    status: 401,
    message: (details: { reason: 'cookies-blocked'; url: string; pageOrigin: string }) =>
      `Qlik logged you in, but the browser does not send Qlik’s cookies from ${details.pageOrigin} to ${details.url}: it blocks third-party cookies`,
    hint: 'Page and Qlik must be one site. Put a gateway in front of Qlik under the page’s own site (such as qlik.acme.example for www.acme.example), or for a trial allow third-party cookies for Qlik in the browser’s settings. On client-managed Qlik the virtual proxy also needs SameSite None and Secure where page and Qlik are two sites.',
  },
  ERR_BROWSER_CSRF_TOKEN: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; url: string }) =>
      `The answer of ${details.url} shows no CSRF token`,
    hint: 'Something between browser and Qlik removes the header qlik-csrf-token, or does not name it in Access-Control-Expose-Headers (on client-managed Qlik among the additional response headers of the virtual proxy): let it pass.',
  },
  ERR_BROWSER_QLIK_FAILED: {
    kind: 'failure',
    status: 502,
    message: (details: {
      reason: WaitingReason | 'refused'
      url: string
      status: number
      retryAfterSeconds?: number
    }) => `Qlik answered ${details.url} with ${details.status}`,
    hint: 'Wait a moment and load the page again. If it stays, look at Qlik Cloud’s status page, or at the services of your client-managed site.',
  },
  ERR_BROWSER_QLIK_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { reason: 'refused'; url: string }) =>
      `Qlik’s answer to ${details.url} is not a user`,
    hint: 'Check that `url` (and `prefix`) are of a Qlik and that nothing between answers in its place.',
  },
  ERR_BROWSER_REDIRECT: {
    kind: 'failure',
    status: 502,
    message: (details: { call: string; problem: string }) =>
      `Qlik answered ${details.call} with a redirect ${details.problem}`,
    hint: 'CSRF tokens and bodies are sent to the tenant alone, and only GET and HEAD follow a redirect. Call the address that is meant.',
  },
  ERR_BROWSER_LOGOUT: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string }) =>
      `The session at ${details.url} is still open after the logout`,
    hint: 'Try again; otherwise close the browser, which ends the session’s cookies.',
  },
} as const satisfies Record<string, ErrorDefinition<never>>

/** What is known where something fails; where the page is, is added here. */
export type Facts<Code extends keyof typeof failures> = Omit<
  DetailsIn<(typeof failures)[Code]>,
  'pageOrigin'
>

/** The error of a code. */
export function failureOf<Code extends keyof typeof failures>(
  code: Code,
  details: Facts<Code>,
  cause?: unknown,
): JotgateError {
  const definition: ErrorDefinition<never> = failures[code]
  const all = { ...details, pageOrigin: pageOrigin() }
  return new JotgateError(code, definition, all as never, { cause })
}
