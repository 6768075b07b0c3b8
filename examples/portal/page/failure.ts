import { isJotgateError } from 'jotgate/browser'

/** What stands in the way, in words for the person in front of the page. */
export interface Failure {
  title: string
  /** What happened. */
  reason: string
  /** What to do about it. */
  remedy: string
  /** For whoever helps; nothing where everything works as it should. */
  code?: string
  /** `sign-in` where trying again cannot help; `qlik-login` where Qlik itself has to ask. */
  wayOut: 'try-again' | 'sign-in' | 'qlik-login'
  /** The portal's first address, where it is worth a try there. */
  mainUrl?: string
}

const titleByCode: Readonly<Record<string, string>> = {
  ERR_BROWSER_NOT_LOGGED_IN: 'The portal no longer knows you',
  ERR_BROWSER_NOT_ALLOWED: 'The portal gives this page no token',
  ERR_BROWSER_TOKEN_REFUSED: 'The portal gave no token',
  ERR_BROWSER_TOKEN_UNREACHABLE: 'The portal does not answer',
  ERR_BROWSER_QLIK_UNREACHABLE: 'Qlik does not answer',
  ERR_BROWSER_QLIK_FAILED: 'Qlik failed',
  ERR_BROWSER_TIMEOUT: 'It took too long',
  ERR_BROWSER_LOGIN_REFUSED: 'Qlik refused the login',
  ERR_BROWSER_COOKIES_BLOCKED: 'Your browser keeps Qlik’s cookies back',
  ERR_BROWSER_USER_CHANGED: 'Somebody else has signed in',
  ERR_BROWSER_LOGGED_OUT: 'You have signed out',
  ERR_BROWSER_TOKEN_ADDRESS: 'The portal’s token endpoint is elsewhere',
}

/** After these the page belongs to nobody, or to somebody else. */
const signInCodes: ReadonlySet<string> = new Set([
  'ERR_BROWSER_NOT_LOGGED_IN',
  'ERR_BROWSER_USER_CHANGED',
  'ERR_BROWSER_LOGGED_OUT',
])

/** An error that already knows its words. */
export function failureError(failure: Failure): Error {
  return Object.assign(new Error(failure.reason), { failure })
}

/**
 * Puts anything that was thrown into words: jotgate's errors bring their own.
 *
 * @param portal what the portal told of itself, if it got that far
 */
export function toFailure(error: unknown, portal?: { mainUrl: string }): Failure {
  if (error instanceof Error && 'failure' in error) return error.failure as Failure
  if (isJotgateError(error))
    return {
      title: titleByCode[error.code] ?? 'The login to Qlik did not work',
      reason: withStop(error.message),
      remedy: error.hint,
      code: `${error.code} · ${error.docs}`,
      wayOut: signInCodes.has(error.code) ? 'sign-in' : 'try-again',
      ...(error.code === 'ERR_BROWSER_COOKIES_BLOCKED' && portal && { mainUrl: portal.mainUrl }),
    }
  return {
    title: 'The page failed',
    reason: withStop(error instanceof Error ? error.message : String(error)),
    remedy: 'Try again. If it stays, the console of the browser says where it happened.',
    code: 'PAGE_FAILED',
    wayOut: 'try-again',
  }
}

const withStop = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
