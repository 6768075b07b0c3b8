import { parseJsonObject } from '../../values/index.ts'
import { headerOf } from './exchange.ts'
import {
  answered,
  type Fault,
  failed,
  inGatewayLog,
  pageIn,
  partyNames,
  quoted,
  type StepContext,
} from './fault.ts'
import { gatewayHints } from './gateway-hints.ts'
import { saidIn } from './known-error.ts'

/** What the application, the gateway or Qlik refuses for another reason than the person. */
export async function answerFault(context: StepContext): Promise<Fault | undefined> {
  const { step } = context
  const { status } = step.exchange
  if (step.kind === 'page' || step.kind === 'socket' || status < 300) return undefined
  if (step.kind === 'host-token') return hostFault(context)
  if (status < 400) return undefined
  return (await gatewayFault(context)) ?? qlikFault(context)
}

const endpoint =
  'For its developer: the endpoint answers POST itself with { "token": … }, to people who are logged in to the application, without a redirect; its log has the request.'

/** The application gives no token. */
function hostFault({ step, recording }: StepContext): Fault | undefined {
  const { status } = step.exchange
  const evidence = answered(step)
  if (status >= 300 && status < 400)
    return failed(
      'har-host-redirects',
      'The application answers the request for a token with a redirect',
      evidence,
      `Log in to the application, then load the page again. ${endpoint}`,
    )
  if (status === 401)
    return failed(
      'har-host-unknown-person',
      'The application does not know who asks for a token',
      evidence,
      `Log in to the application, then load the page again. ${endpoint}`,
    )
  return failed(
    'har-host-refused',
    'The application gives no token',
    evidence,
    status === 403
      ? `The person may not see Qlik, or the endpoint does not list the page’s origin ${pageIn(recording)}.`
      : `Look at the server’s log for this request. ${endpoint}`,
  )
}

/** The gateway answers in its own words: its code says which, and from 500 on its log says why. */
async function gatewayFault({ step }: StepContext): Promise<Fault | undefined> {
  const { exchange } = step
  const type = headerOf(exchange.responseHeaders, 'content-type') ?? ''
  if (step.to !== 'gateway' || !type.includes('problem+json')) return undefined
  const { code } = parseJsonObject(exchange.responseBody ?? '') ?? {}
  const name = typeof code === 'string' && /^ERR_[A-Z_]{1,60}$/.test(code) ? code : undefined
  const known = name === undefined ? undefined : await gatewayHints(name)
  const isQliks = exchange.status >= 502 && exchange.status <= 504
  return failed(
    isQliks ? 'har-gateway-qlik' : 'har-gateway-refused',
    isQliks
      ? `The gateway could not get an answer from Qlik${known === undefined ? '' : `: ${known.title}`}`
      : `The gateway refused the request${known === undefined ? '' : `: ${known.title}`}`,
    `${answered(step)}${name === undefined ? '' : ` (${name})`}`,
    inGatewayLog(step) + (known?.hint ?? gatewayHint(exchange.status)),
  )
}

const gatewayHint = (status: number) =>
  status >= 500
    ? 'Most often Qlik refuses the gateway’s token (identity provider or virtual proxy, certificate, clock) or is not reached: `jotgate session open` with the same deployment says which.'
    : 'Compare issuer, audience, key and clock of the assertion with the gateway’s configuration, and sign a new one for each call.'

function qlikFault(context: StepContext): Fault | undefined {
  const { step } = context
  const { status, responseHeaders } = step.exchange
  const isPart = step.kind === 'request'
  // What a page asks besides the login may fail without breaking it: a 404 of a theme, for example.
  if (isPart && (status === 404 || status === 410)) return undefined
  const { words, known } = saidIn(context)
  const by = partyNames[step.to]
  const evidence = `${answered(step)}${words === '' ? '' : ` (${words})`}`
  if (status === 429)
    return failed(
      'har-too-many-requests',
      `${by} takes no more requests for now`,
      `${evidence}, Retry-After ${quoted(context, headerOf(responseHeaders, 'retry-after') ?? 'not given')}`,
      'Wait that long and try again; log in once for a page, not once for each chart.',
      'qlik.dev, overview, rate limits',
    )
  const found =
    known === undefined
      ? undefined
      : failed('har-qlik-error', `${by} says: ${known.cause}`, evidence, known.action, known.source)
  if (found !== undefined) return found
  return failed(
    'har-answer',
    status >= 500 ? `${by} failed` : `${by} refused the request`,
    evidence,
    status === 403
      ? 'The person has no right to this, or a write came without the CSRF token of the session.'
      : status >= 500
        ? 'Try again. If it stays, look at the log of whoever answered, and at Qlik Cloud’s status page or the services of your client-managed site.'
        : 'Compare the address with what the page is meant to ask.',
  )
}
