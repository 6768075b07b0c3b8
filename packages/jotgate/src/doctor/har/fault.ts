import { siteOf } from '../../gateway/index.ts'
import { headerOf } from './exchange.ts'
import { originOf, type Recording, type Step } from './recording.ts'
import type { HarFinding } from './report.ts'

/** What is wrong with a step. */
export type Fault = Omit<HarFinding, 'step'>

/** A step among the others. */
export interface StepContext {
  readonly recording: Recording
  readonly step: Step
  /** The steps before it, and behind it. */
  readonly earlier: readonly Step[]
  readonly later: readonly Step[]
}

export const failed = (
  id: string,
  title: string,
  evidence: string,
  hint: string,
  source?: string,
): Fault => ({
  ...{ id, verdict: 'failed', title, evidence, hint },
  ...(source === undefined ? {} : { source }),
})

/** How each party is called in a sentence. */
export const partyNames = {
  page: 'The page',
  host: 'The host application',
  gateway: 'The gateway',
  qlik: 'Qlik',
} as const

/** The origin of the page, to be named in a hint. */
export const pageIn = ({ pageOrigin }: Recording): string => pageOrigin ?? 'the page'

export const isCrossOrigin = ({ recording, step }: StepContext): boolean =>
  recording.pageOrigin !== undefined && originOf(step.exchange) !== recording.pageOrigin

/** Whether page and other party are two sites; undefined where neither the browser nor the recording says it. */
export function isCrossSite(context: StepContext): boolean | undefined {
  const { exchange } = context.step
  const said = headerOf(exchange.requestHeaders, 'sec-fetch-site')
  if (said !== undefined) return said === 'cross-site'
  const page = URL.parse(context.recording.pageOrigin ?? '')
  if (page === null) return undefined
  // A web socket is of the site that its scheme for HTTP would give.
  return siteOf(page.href) !== siteOf(exchange.url.href.replace(/^ws/, 'http'))
}

/** The last login that worked at the same origin. */
export function loginBefore({ step, earlier }: StepContext): Step | undefined {
  const origin = originOf(step.exchange)
  return earlier.findLast(
    ({ kind, exchange }) =>
      (kind === 'login' || kind === 'gateway-login') &&
      originOf(exchange) === origin &&
      exchange.status >= 200 &&
      exchange.status < 400,
  )
}

/** A virtual proxy lists the hosts whose pages it takes CSRF tokens and web sockets from. */
export function hostNotAllowed(
  { recording }: StepContext,
  evidence: string,
  more: string = '',
): Fault {
  const host = URL.parse(recording.pageOrigin ?? '')?.hostname ?? 'the page’s host'
  return failed(
    'har-host-not-allowed',
    `The virtual proxy takes no web sockets from the page ${pageIn(recording)}`,
    evidence,
    `Add ${host} to the Host allow list of the virtual proxy: the name alone, without scheme and port.${more}`,
    'Qlik Community, article 2509211 and thread 2539417',
  )
}

/** Where a gateway says why. Of a refused handshake the browser keeps no header, so the time has to do. */
export function inGatewayLog({ exchange }: Step): string {
  const id = headerOf(exchange.responseHeaders, 'x-request-id') ?? ''
  const place = /^[\w-]{1,64}$/.test(id)
    ? `under the request ID ${id}`
    : `at ${new Date(exchange.at).toISOString()} by the browser’s clock`
  return `The gateway’s log has the reason ${place}. `
}

/** The value of a header field, to be shown. */
export const quoted = ({ recording }: StepContext, text: string): string =>
  recording.redactor.cleanForeign(text.slice(0, 200))

/** What the browser said of a failure, to be shown. */
export function failureIn({ recording, step }: StepContext): string | undefined {
  const { failure } = step.exchange
  return failure === undefined ? undefined : recording.redactor.cleanForeign(failure)
}

/** `GET /api/v1/users/me was answered with 401`. */
export function answered({ exchange, path }: Step): string {
  return `${exchange.method} ${path} was answered with ${exchange.status}`
}
