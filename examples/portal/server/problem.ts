import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** What is wrong and what to do about it, as the caller reads it (RFC 9457). */
export interface Problem {
  readonly status: ContentfulStatusCode
  readonly title: string
  readonly detail: string
  readonly hint: string
}

/** Everything that the portal refuses. From 500 up a client learns nothing of the cause. */
export const problems = {
  notFound: {
    status: 404,
    title: 'There is nothing at this address',
    detail: 'The portal serves its pages, /config.json and /token, and no folder of files.',
    hint: 'Start at /.',
  },
  methodNotAllowed: {
    status: 405,
    title: 'This address does not take that method',
    detail: 'The header Allow lists the methods that it takes.',
    hint: 'Use one of these.',
  },
  notSignedIn: {
    status: 401,
    title: 'You are not signed in to the portal',
    detail: 'The request has no session cookie, or the session has ended.',
    hint: 'Open / and sign in.',
  },
  foreignOrigin: {
    status: 403,
    title: 'The request does not come from a page of the portal',
    detail: 'Its Origin is missing or is not the address at which the portal is published.',
    hint: 'Open the portal at exactly the address that it printed at its start.',
  },
  contentType: {
    status: 415,
    title: 'The content type is wrong for this address',
    detail: '/token takes application/json, /login takes application/x-www-form-urlencoded.',
    hint: 'Set the header Content-Type.',
  },
  bodyNotEmpty: {
    status: 400,
    title: 'The body of a token request must be empty or {}',
    detail: 'Who you are is known from your session. Nothing that a page sends can change it.',
    hint: 'Send {}.',
  },
  bodyTooLarge: {
    status: 413,
    title: 'The body is larger than this address takes',
    detail: 'The limit is 1024 bytes.',
    hint: 'Send less.',
  },
  unknownUser: {
    status: 400,
    title: 'There is no such person in this demonstration',
    detail: 'The form names somebody who is not on the sign-in page.',
    hint: 'Open / and choose one of the cards.',
  },
  tooManyTokens: {
    status: 429,
    title: 'Too many token requests',
    detail: 'A page needs one token for each Qlik session. All logins of a person count together.',
    hint: 'Wait for as many seconds as Retry-After says.',
  },
  tooManySessions: {
    status: 503,
    title: 'The portal is full',
    detail: 'The portal has as many sessions as it can hold.',
    hint: 'Try again later.',
  },
  signerBusy: {
    status: 503,
    title: 'Too many tokens are being signed at once',
    detail: 'No token was signed. The cause is in the log of the portal, under the request ID.',
    hint: 'Wait for as many seconds as Retry-After says, then try again.',
  },
  failure: {
    status: 500,
    title: 'The portal failed',
    detail: 'The cause is in the log of the portal, under the request ID.',
    hint: 'Try again. If it fails again, give the request ID to the people who run the portal.',
  },
} as const satisfies Record<string, Problem>

/** A problem as an answer, `application/problem+json`. */
export function toProblemResponse(
  problem: Problem,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ type: 'about:blank', ...problem, requestId }), {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8', ...headers },
  })
}
