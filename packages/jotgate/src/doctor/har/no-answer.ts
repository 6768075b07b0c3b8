import { type Exchange, headerOf } from './exchange.ts'
import {
  answered,
  type Fault,
  failed,
  failureIn,
  isCrossOrigin,
  pageIn,
  partyNames,
  quoted,
  type StepContext,
} from './fault.ts'
import { originOf, type StepKind } from './recording.ts'

/** Why the browser got no answer, or none that the page may read. */
export function noAnswer(context: StepContext): Fault | undefined {
  const { step } = context
  const { exchange } = step
  if (exchange.status === 0)
    return mixedContent(context) ?? networkFault(context) ?? unreadable(context)
  if (step.kind === 'preflight') return refusedPreflight(context)
  return lacksPermission(context)
}

const mozilla = 'https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS'

function mixedContent({ recording, step }: StepContext): Fault | undefined {
  const { url } = step.exchange
  const isPlain = url.protocol === 'http:' || url.protocol === 'ws:'
  const isLocal = /(^|\.)localhost$|^127\.|^\[::1\]$/.test(url.hostname)
  if (!isPlain || isLocal || !recording.pageOrigin?.startsWith('https:')) return undefined
  return failed(
    'har-mixed-content',
    `The page uses https, and asks ${partyNames[step.to]} by ${url.protocol.slice(0, -1)}: the browser blocks that`,
    `Page ${recording.pageOrigin}, request to ${url.protocol}//${url.host}`,
    `Use ${url.protocol === 'ws:' ? 'wss' : 'https'} in the address that the page has, and give the server a certificate.`,
    'https://developer.mozilla.org/docs/Web/Security/Mixed_content',
  )
}

/** What browsers call the failures of a network: Chromium, Firefox, Safari. */
const failures: readonly [RegExp, string, string, string][] = [
  [
    /NAME_NOT_RESOLVED|UNKNOWN_HOST|hostname could not be found/i,
    'har-name',
    'has a host name that the browser could not resolve',
    'Correct the host name in the page’s configuration, or add it to DNS.',
  ],
  [
    /ERR_CERT|ERR_SSL|SEC_ERROR|SSL_ERROR|certificate for this server is invalid/i,
    'har-certificate',
    'has a certificate that the browser does not trust',
    'Open the address in a tab: the browser says what is wrong with the certificate. Give the server one of a known authority for exactly this name.',
  ],
  [
    /BLOCKED_BY_CLIENT/i,
    'har-browser-extension',
    'was blocked by an extension of the browser',
    'Try in a private window without extensions, then allow the address in the extension.',
  ],
  [
    /BLOCKED_BY_CSP/,
    'har-page-policy',
    'is not allowed by the page’s own content security policy',
    'Add its origin (and the same with wss:) to connect-src of the page’s Content-Security-Policy, and to frame-src for frames.',
  ],
  [
    /CONNECTION|TIMED_OUT|TIMEOUT|UNREACHABLE|DISCONNECTED|NETWORK|EMPTY_RESPONSE|TUNNEL|PROXY|NET_RESET|NET_INTERRUPT/i,
    'har-unreachable',
    'did not answer',
    'Check that it runs at this address, and that the network of the browser (VPN, proxy, firewall) lets it through.',
  ],
]

function networkFault(context: StepContext): Fault | undefined {
  const { step } = context
  const { failure = '', url } = step.exchange
  const found = failures.find(([words]) => words.test(failure))
  if (found === undefined) return undefined
  const [, id, what, hint] = found
  return failed(id, `${partyNames[step.to]} ${what}`, `${url.host}: ${failureIn(context)}`, hint)
}

/** The browser broke it off, since the page was left for example. */
const isAborted = ({ failure = '' }: Exchange) => /ABORT|CANCEL/i.test(failure) || failure === ''

/** Without an answer, and no failure of the network: the answer does not let the page read it. */
function unreadable(context: StepContext): Fault | undefined {
  const { step, later } = context
  const { exchange } = step
  const origin = originOf(exchange)
  if (exchange.kind !== 'other' || !isCrossOrigin(context)) return undefined
  // A browser that tells no reason and went on with the login has only broken it off.
  if (isAborted(exchange) && later.some((one) => originOf(one.exchange) === origin))
    return undefined
  if (isAborted(exchange) && exchange.failure !== undefined) return undefined
  return notAllowed(
    context,
    `${exchange.method} ${step.path}: ${failureIn(context) ?? 'no answer is in the file'}`,
  )
}

/** Chrome has preflights of their own; a refused one ends the request behind it. */
function refusedPreflight(context: StepContext): Fault | undefined {
  const { step } = context
  const { status, responseHeaders, requestHeaders } = step.exchange
  const isAllowed = allows(
    responseHeaders,
    context.recording.pageOrigin ?? headerOf(requestHeaders, 'origin'),
  )
  if (status < 300 && isAllowed) return undefined
  return notAllowed(
    context,
    `The preflight OPTIONS ${step.path} was answered with ${status}, ${permissionOf(context, responseHeaders)}`,
  )
}

const withCredentials: ReadonlySet<StepKind> = new Set([
  'login',
  'csrf-token',
  'user',
  'gateway-login',
  'gateway-session',
])

/** Firefox and Safari tell the answer of which the page got nothing. */
function lacksPermission(context: StepContext): Fault | undefined {
  const { step } = context
  const { status, responseHeaders, requestHeaders } = step.exchange
  const origin = headerOf(requestHeaders, 'origin')
  if (origin === undefined || !withCredentials.has(step.kind) || !isCrossOrigin(context))
    return undefined
  // A proxy that fails before Qlik allows nothing either, and its failure is what matters.
  if (status >= 500) return undefined
  if (!allows(responseHeaders, origin))
    return notAllowed(context, `${answered(step)}, ${permissionOf(context, responseHeaders)}`)
  if (headerOf(responseHeaders, 'access-control-allow-credentials') !== 'true')
    return failed(
      'har-no-credentials',
      `${partyNames[step.to]} does not let the page send cookies`,
      `${answered(step)}, without Access-Control-Allow-Credentials: true`,
      'Add Access-Control-Allow-Credentials: true to what allows the origin: on client-managed Qlik to the additional response headers of the virtual proxy.',
      mozilla,
    )
  const exposed = headerOf(responseHeaders, 'access-control-expose-headers') ?? ''
  if (step.kind !== 'csrf-token' || status >= 300 || /qlik-csrf-token|\*/i.test(exposed))
    return undefined
  return failed(
    'har-csrf-token-hidden',
    'The page may not read the CSRF token that Qlik gives it',
    `${answered(step)}; Access-Control-Expose-Headers lacks qlik-csrf-token`,
    'Add Access-Control-Expose-Headers: qlik-csrf-token to the additional response headers of the virtual proxy, or let whatever stands before Qlik pass it.',
    'Qlik Community, article 2509211',
  )
}

function allows(headers: Headers, origin: string | undefined): boolean {
  const allowed = headerOf(headers, 'access-control-allow-origin')
  return allowed !== undefined && (allowed === origin || allowed === '*' || origin === undefined)
}

function permissionOf(context: StepContext, headers: Headers): string {
  const allowed = headerOf(headers, 'access-control-allow-origin')
  return allowed === undefined
    ? 'without Access-Control-Allow-Origin'
    : `with Access-Control-Allow-Origin: ${quoted(context, allowed)}`
}

/** Where each party keeps the origins that it lets in. */
function notAllowed(context: StepContext, evidence: string): Fault {
  const { recording, step } = context
  const page = pageIn(recording)
  const { url, requestHeaders } = step.exchange
  const named =
    url.searchParams.get('qlik-web-integration-id') ??
    headerOf(requestHeaders, 'qlik-web-integration-id')
  const integration = /^[\w-]{1,64}$/.exec(named ?? '')?.[0]
  const isCloud = named !== undefined || /^\/(api\/v1|login)\//.test(url.pathname)
  const places = {
    host: `Let the application answer requests of ${page}: Access-Control-Allow-Origin with exactly this origin, and Access-Control-Allow-Credentials: true. Best is an endpoint on the page’s own origin.`,
    gateway: `Add ${page} to \`allowedOrigins\` of the gateway, exactly like this, without a slash at the end.`,
    qlik: isCloud
      ? `Add ${page} to the web integration${integration === undefined ? '' : ` ${integration}`}, exactly like this: scheme, host and port, without a path or a slash at the end. If it is there, check that the page has the ID of this web integration, and that Qlik answers at ${url.host}.`
      : `Add to the additional response headers of the virtual proxy Access-Control-Allow-Origin: ${page} and Access-Control-Allow-Credentials: true, and check that it answers a preflight without a login; a gateway under the page’s own site needs neither.`,
  } as const
  return failed(
    'har-origin-not-allowed',
    `${partyNames[step.to]} does not let the page ${page} in: the browser got no answer that the page may read`,
    evidence,
    places[step.to],
    isCloud ? 'https://qlik.dev/apis/rest/web-integrations' : mozilla,
  )
}
