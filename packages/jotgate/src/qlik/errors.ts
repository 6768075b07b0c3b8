import { type DetailsOf, defineErrors } from '../errors/index.ts'
import type { QlikProblem } from '../protocol/index.ts'

/** What Qlik said, cleaned and cut to length; none of it decides anything. */
export interface QlikRefusal extends QlikProblem {
  /** Method and path of what was asked. */
  call: string
  status: number
  /** What it may come from, the likeliest first, where the product is known to give no reason itself. */
  causes?: readonly string[]
}

/** The causes as a next step: what to look at, in which order. */
function hintFor({ causes = [] }: Pick<QlikRefusal, 'causes'>): string | undefined {
  const [only] = causes
  if (only === undefined) return undefined
  if (causes.length === 1) return `The likely cause: ${only}.`
  return `The likely causes, in this order: ${causes.map((cause, at) => `(${at + 1}) ${cause}`).join('; ')}.`
}

function describe({ call, status, code, title, detail, traceId }: QlikRefusal): string {
  // Another sentence may follow, which brings the full stop.
  const words = [code, title, detail]
    .filter((word) => word !== undefined)
    .join(', ')
    .replace(/\.$/, '')
  const trace = traceId === undefined ? '' : ` (trace ${traceId})`
  return `Qlik answered ${call} with ${status}${words === '' ? '' : `: ${words}`}${trace}`
}

/** The errors of the part `qlik`. No detail holds a token, API key, cookie or CSRF token. */
export const qlikErrors = defineErrors('ERR_QLIK', {
  ERR_QLIK_UNREACHABLE: {
    kind: 'failure',
    status: 502,
    message: (details: { url: string; reason: string; causes?: readonly string[] }) =>
      `Qlik cannot be reached at ${details.url} (${details.reason})`,
    hintFor,
    hint: 'Check the address of the deployment, this machine’s DNS, proxy and firewall, and for certificate errors NODE_EXTRA_CA_CERTS.',
  },
  ERR_QLIK_TIMEOUT: {
    kind: 'failure',
    status: 504,
    message: (details: { call: string; timeoutMs: number }) =>
      `Qlik did not answer ${details.call} within ${details.timeoutMs} ms`,
    hint: 'Try again. When it happens often, look at the network, and at Qlik Cloud’s status page or the services of your client-managed site, or raise `timeoutMs`.',
  },
  ERR_QLIK_BROKEN_OFF: {
    kind: 'failure',
    status: 502,
    message: (details: { call: string; reason: string }) =>
      `Qlik’s answer to ${details.call} broke off before its end (${details.reason})`,
    hint: 'What has come is not whole: throw it away and try again. After a call that changes something, look first whether Qlik did it.',
  },
  ERR_QLIK_LOGIN_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: QlikRefusal) => `${describe(details)}. The token opened no session`,
    hintFor,
    hint: 'Compare the tenant’s JWT identity provider with the token: issuer and key ID character for character, its certificate, and the clocks of both. A token works once only.',
  },
  ERR_QLIK_NOT_LOGGED_IN: {
    kind: 'failure',
    status: 502,
    message: (details: QlikRefusal) =>
      `${describe(details)}. The credentials are not valid, or have expired`,
    hintFor,
    hint: 'With an API key: check that it belongs to this tenant and has not expired. With a session: open a new one with a new token.',
  },
  ERR_QLIK_REFUSED: {
    kind: 'failure',
    status: 502,
    message: (details: QlikRefusal) => describe(details),
    hintFor,
    hint: 'Look up the code in Qlik’s documentation of this call. For 403: the user, or the owner of the API key, lacks a right (TenantAdmin for administration). For 404: check the path.',
  },
  ERR_QLIK_RATE_LIMITED: {
    kind: 'failure',
    status: 503,
    message: (details: QlikRefusal & { retryAfterSeconds: number }) =>
      `${describe(details)}. It takes calls again in ${details.retryAfterSeconds} s`,
    hint: 'Wait that long. Logins count among Qlik’s 100 calls a minute: keep a session instead of opening one for each request.',
  },
  ERR_QLIK_FAILED: {
    kind: 'failure',
    status: 502,
    message: (details: QlikRefusal) => describe(details),
    hint: 'The fault is on Qlik’s side: try again later, and give Qlik support the trace ID.',
  },
  ERR_QLIK_REDIRECT: {
    kind: 'failure',
    status: 502,
    message: (details: { call: string; origin: string }) =>
      `Qlik’s answer to ${details.call} points to ${details.origin}, where credentials of this deployment are not sent`,
    hint: 'Give the deployment’s url exactly as the tenant calls itself: its own host name, not an alias, over https.',
  },
  ERR_QLIK_ANSWER: {
    kind: 'failure',
    status: 502,
    message: (details: { call: string; problem: string }) =>
      `Qlik’s answer to ${details.call} ${details.problem}`,
    hint: 'Check that the deployment’s url is the Qlik that it is meant to be, and that no proxy between answers in its place.',
  },
  ERR_QLIK_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; its documentation gives its form and bounds.',
  },
})

/** The codes of this part. */
export type QlikErrorCode = keyof typeof qlikErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof qlikErrors> {}
}
