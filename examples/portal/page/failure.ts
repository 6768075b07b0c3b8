import { type BrowserErrorCode, isJotgateError } from 'jotgate/browser'

/** What failed, in words for the person in front of the page. */
export interface Failure {
  title: string
  /** What happened. */
  reason: string
  /** What to do about it. */
  remedy: string
  /** For the person who helps; omitted where everything works as it should. */
  code?: string
  /** `sign-in` where trying again cannot help; `qlik-login` where Qlik's own login page is next. */
  wayOut: 'try-again' | 'sign-in' | 'qlik-login'
  /** It works by the other way, which the page can switch to. */
  otherWay?: boolean
  /** Another address of the portal, where it works. */
  otherAddress?: { url: string; words: string }
}

const titleByCode: Readonly<Partial<Record<string, string>>> = {
  ERR_BROWSER_NOT_LOGGED_IN: 'You are signed out of the portal',
  ERR_BROWSER_NOT_ALLOWED: 'The portal gave this page no token',
  ERR_BROWSER_TOKEN_REFUSED: 'The portal gave no token',
  ERR_BROWSER_TOKEN_UNREACHABLE: 'The portal does not answer',
  ERR_BROWSER_QLIK_UNREACHABLE: 'Qlik does not answer',
  ERR_BROWSER_QLIK_FAILED: 'Qlik answered with an error',
  ERR_BROWSER_TIMEOUT: 'The login took too long',
  ERR_BROWSER_LOGIN_REFUSED: 'Qlik refused the login',
  ERR_BROWSER_COOKIES_BLOCKED: 'Your browser blocks Qlik’s cookies',
  ERR_BROWSER_USER_CHANGED: 'Somebody else has signed in',
  ERR_BROWSER_LOGGED_OUT: 'You have signed out',
  ERR_BROWSER_REVOKED: 'Your session was ended',
  ERR_BROWSER_TOKEN_ADDRESS: 'There is no token endpoint at this address',
  ERR_BROWSER_TOKEN_ANSWER: 'The portal gave no token',
  ERR_BROWSER_OFFLINE: 'You are offline',
  ERR_BROWSER_CLOCK: 'A clock is wrong',
  ERR_BROWSER_ORIGIN: 'Qlik does not know this page',
  ERR_BROWSER_GATEWAY_UNREACHABLE: 'The gateway does not answer',
  ERR_BROWSER_GATEWAY_REFUSED: 'The gateway opened no session',
  ERR_BROWSER_QLIK_ANSWER: 'Qlik’s answer is not what it should be',
} satisfies Partial<Record<BrowserErrorCode, string>>

/** After these nobody is signed in to this page, or somebody else is. */
const signInCodes: ReadonlySet<string> = new Set([
  'ERR_BROWSER_NOT_LOGGED_IN',
  'ERR_BROWSER_USER_CHANGED',
  'ERR_BROWSER_LOGGED_OUT',
  'ERR_BROWSER_REVOKED',
])

/** What the portal's configuration says of its ways. */
interface PortalWays {
  way: 'direct' | 'gateway'
  mainUrl: string
  otherWayUrl?: string
}

/** How a browser that blocks third-party cookies can use the portal, whose page reaches Qlik directly. */
export function wayWithoutQliksCookies({
  mainUrl,
  otherWayUrl,
}: PortalWays): Pick<Failure, 'otherWay' | 'otherAddress'> {
  if (otherWayUrl === undefined)
    return { otherAddress: { url: mainUrl, words: 'Open the portal where both are the same site' } }
  if (otherWayUrl === location.origin) return { otherWay: true }
  const url = otherWayUrl + location.pathname
  return { otherAddress: { url, words: 'Open this view through the gateway' } }
}

/** An error that has its words already. */
export function failureError(failure: Failure): Error {
  return Object.assign(new Error(failure.reason), { failure })
}

/**
 * Puts anything that was thrown into words. jotgate's errors have their own.
 *
 * @param portal what the portal answered about itself, if it did
 */
export function toFailure(error: unknown, portal?: PortalWays): Failure {
  if (error instanceof Error && 'failure' in error) return error.failure as Failure
  if (isJotgateError(error))
    return {
      title: titleByCode[error.code] ?? 'The login to Qlik did not work',
      reason: withStop(error.message),
      remedy: error.hint,
      code: `${error.code} · ${error.docs}`,
      wayOut: signInCodes.has(error.code) ? 'sign-in' : 'try-again',
      ...(error.code === 'ERR_BROWSER_COOKIES_BLOCKED' &&
        portal?.way === 'direct' &&
        wayWithoutQliksCookies(portal)),
    }
  return {
    title: 'The page failed',
    reason: withStop(error instanceof Error ? error.message : String(error)),
    remedy: 'Try again. If it fails again, the console of the browser says where.',
    code: 'PAGE_FAILED',
    wayOut: 'try-again',
  }
}

const withStop = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
