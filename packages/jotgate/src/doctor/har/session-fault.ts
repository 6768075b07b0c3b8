import { headerOf } from './exchange.ts'
import {
  answered,
  type Fault,
  failed,
  hostNotAllowed,
  isCrossSite,
  loginBefore,
  pageIn,
  partyNames,
  type StepContext,
} from './fault.ts'
import { isLoginPage, originOf, type Step, type StepKind } from './recording.ts'

/** Why Qlik or the gateway does not know who asks. */
export function sessionFault(context: StepContext): Fault | undefined {
  const { step, later } = context
  if (!isUnknown(step)) return undefined
  const login = loginBefore(context)
  if (login !== undefined) return lostCookie(context, login)
  // Many pages ask first whether there is a session, and log in when there is none.
  if (
    later.some(({ kind }) => kind === 'login' || kind === 'gateway-login' || kind === 'host-token')
  )
    return undefined
  return failed(
    'har-not-logged-in',
    `${partyNames[step.to]} does not know who asks, and the page does not log in`,
    `${answered(step)}; no request of this file logs in at ${step.exchange.url.host} before`,
    'Record from before the page is opened, with the log preserved. If the login is not there then either, the page must log in first: `connect` of jotgate/browser does it before anything else.',
  )
}

/** Where a 401 means something else. */
const hasReasonsOfItsOwn: ReadonlySet<StepKind> = new Set([
  'page',
  'host-token',
  'login',
  'gateway-login',
  'login-page',
])

/** Answers that mean: nobody is logged in. */
function isUnknown({ kind, exchange }: Step): boolean {
  const { status, responseBody = '', responseHeaders, url } = exchange
  const location = URL.parse(headerOf(responseHeaders, 'location') ?? '', url.href)
  if (hasReasonsOfItsOwn.has(kind)) return false
  if (status === 401) return true
  if (status >= 300 && status < 400) return location !== null && isLoginPage(location.pathname)
  if (kind === 'user' && status === 200) return /"session"\s*:\s*"inactive"/.test(responseBody)
  // Client-managed Qlik says 403 here where others say 401.
  return kind === 'csrf-token' && status === 403 && url.pathname.endsWith('/qps/csrftoken')
}

const gatewayAdvice =
  'Page and Qlik must be one site for browsers that block third-party cookies: put a gateway in front of Qlik under the page’s own site, such as qlik.acme.example for www.acme.example.'

/** There was a login, and its cookie did not come back, or was not accepted. */
function lostCookie(context: StepContext, login: Step): Fault {
  const { step, recording } = context
  const { requestHeaders } = step.exchange
  const set = cookiesSetBy(login)
  const sent = cookieNamesIn(headerOf(requestHeaders, 'cookie') ?? '')
  const isSent = [...set.keys()].some((name) => sent.has(name) && !/^AWSALB/.test(name))
  const access = headerOf(requestHeaders, 'sec-fetch-storage-access')
  const nobody = step.exchange.status === 200 ? ', which says that nobody is logged in,' : ''
  const evidence = `${answered(step)}${nobody} after ${login.exchange.method} ${login.exchange.url.pathname} had worked`
  if (step.exchange.status === 403 && (isSent || isKnownSince(context, login)))
    return hostNotAllowed(context, `${evidence}, and the session is known otherwise`)
  if (isSent)
    return failed(
      'har-session-lost',
      `${partyNames[step.to]} no longer accepts the session that it has given`,
      `${evidence}, and the browser sent its cookie`,
      'Look whether the session ended (time limit, logout in another tab, a changed virtual proxy), and whether all requests go to the same node.',
    )
  const crossSite = isCrossSite(context)
  const shows = [
    ...(access === 'none'
      ? ['the browser says that it has no access to cookies (Sec-Fetch-Storage-Access: none)']
      : []),
    ...(crossSite === true ? ['page and Qlik are two sites'] : []),
    recording.hasCookies
      ? 'the browser sent no cookie of the session'
      : 'the file has no cookies, so whether they were sent is not seen',
  ]
  if (step.to === 'gateway')
    return failed(
      'har-gateway-cookie-lost',
      'The browser does not send the gateway’s cookie',
      `${evidence}; ${shows.join('; ')}`,
      `Page and gateway must be one site: the host name of \`publicUrl\` and ${pageIn(recording)} share their registrable domain, and both use https.`,
    )
  const unfit = [...set].filter(([name, line]) => !/^AWSALB/.test(name) && !isForOtherSites(line))
  if (crossSite === true && set.size > 0 && unfit.length === set.size)
    return failed(
      'har-cookie-same-site',
      'The browser does not send Qlik’s cookie from another site: it lacks SameSite=None; Secure',
      `${evidence}; ${unfit.map(([name]) => name).join(', ')} came without it, and the browser sent no cookie`,
      'Set “SameSite attribute” to None and “Has secure attribute” on at the virtual proxy, with https. That does not help in browsers that block third-party cookies; a gateway under the page’s own site does.',
    )
  return failed(
    'har-cookies-blocked',
    'The browser does not send Qlik’s cookies: it blocks third-party cookies',
    `${evidence}; ${shows.join('; ')}`,
    gatewayAdvice,
    'https://qlik.dev/authenticate/jwt/implement-jwt-authorization',
  )
}

/** Whether Qlik said after the login who this is, so that the cookie arrives. */
function isKnownSince({ step, earlier, later }: StepContext, login: Step): boolean {
  const origin = originOf(step.exchange)
  return [...earlier.slice(earlier.indexOf(login) + 1), ...later].some(
    (one) =>
      one.kind === 'user' &&
      originOf(one.exchange) === origin &&
      one.exchange.status === 200 &&
      !isUnknown(one),
  )
}

const isForOtherSites = (line: string) =>
  /;\s*SameSite=None/i.test(line) && /;\s*Secure/i.test(line)

/** The lines of Set-Cookie by the name of the cookie. */
function cookiesSetBy({ exchange }: Step): ReadonlyMap<string, string> {
  const lines = exchange.responseHeaders.getSetCookie()
  return new Map(lines.map((line) => [line.split('=')[0]?.trim() ?? '', line]))
}

function cookieNamesIn(header: string): ReadonlySet<string> {
  return new Set(header.split(/[;,]\s*/).map((pair) => pair.split('=')[0]?.trim() ?? ''))
}
