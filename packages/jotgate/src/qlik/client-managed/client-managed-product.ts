import { createXrfkey, proxyPaths, qlikHeaders } from '../../protocol/index.ts'
import { isObject } from '../../values/index.ts'
import { receiveCookies, toCookieHeader } from '../cookies.ts'
import { callQlik } from '../http.ts'
import type { Authorization, QlikProduct, QlikSignal, SessionCallOptions } from '../product.ts'
import { refusalOf } from '../refusal.ts'
import { changeSession, type QlikSession, secretsOf } from '../session.ts'
import { causesOfRefusal } from './causes.ts'
import { readCsrfToken } from './csrf-token.ts'
import { getCurrentUser } from './current-user.ts'
import { clientManagedGatewayRules } from './gateway-rules.ts'
import { openSession } from './open-session.ts'
import { basePath, ownUserAgent, proxyUrl, withXrfkey } from './proxy-url.ts'

/** Client-managed Qlik, entered through a virtual proxy with the authentication method JWT. */
export const clientManagedProduct: QlikProduct = Object.freeze<QlikProduct>({
  basePath,
  openSession,
  getCurrentUser: (options) => getCurrentUser(clientManagedProduct, options),
  endSession,
  endScope: 'user-at-virtual-proxy',
  authorizeHttp,
  authorizeUpgrade,
  renewCsrfToken,
  receiveAnswer: (session, headers) =>
    changeSession(session, { cookies: receiveCookies(headers, session.cookies) }),
  prepareUpgrade,
  isSessionLost,
  causesOf: causesOfRefusal,
  samplePath: proxyPaths.user,
  gatewayRules: clientManagedGatewayRules,
})

/**
 * Logs out by the Personal API. That it ends the user's other sessions at the same virtual proxy too was
 * measured by one source and is not documented, so it is said and not relied on.
 */
async function endSession(options: SessionCallOptions): Promise<void> {
  const { session } = options
  const { headers, query } = authorizeHttp(session)
  const url = proxyUrl(session.deployment, proxyPaths.user, query)
  const answer = await callQlik({ url, method: 'DELETE', headers }, options)
  if (answer.status < 400 || answer.status === 401 || answer.status === 404) return
  const causes = causesOfRefusal(answer.status)
  throw refusalOf(answer, { secrets: secretsOf(session), causes })
}

async function renewCsrfToken(options: SessionCallOptions): Promise<QlikSession | undefined> {
  const { session } = options
  const csrfToken = await readCsrfToken(session, options)
  const isOther = csrfToken !== undefined && csrfToken !== session.csrfToken
  return isOther ? changeSession(session, { csrfToken }) : undefined
}

/**
 * Whether a CSRF token opens one web socket or many is not known, so each gets the one that is valid now.
 * A session without one is of a release that has none.
 */
async function prepareUpgrade(options: SessionCallOptions): Promise<QlikSession> {
  const { session } = options
  if (session.csrfToken === undefined) return session
  return (await renewCsrfToken(options)) ?? session
}

/** The key goes with every call: the repository wants it, and nothing else minds. */
function authorizeHttp({ cookies, csrfToken }: QlikSession): Authorization {
  return withXrfkey(createXrfkey(), {
    cookie: toCookieHeader(cookies),
    ...(csrfToken === undefined ? {} : { [qlikHeaders.csrfToken]: csrfToken }),
  })
}

/**
 * The cookie and an allowed origin, the CSRF token in the query, where Qlik's own clients have it, and never
 * the token of the login: releases from November 2024 on reportedly refuse an upgrade with Authorization.
 */
function authorizeUpgrade({ deployment, cookies, csrfToken }: QlikSession): Authorization {
  const { origin } = new URL(deployment.url)
  return {
    headers: { ...ownUserAgent, cookie: toCookieHeader(cookies), origin },
    query: csrfToken === undefined ? {} : { [qlikHeaders.csrfToken]: csrfToken },
  }
}

/** https://github.com/qlik-oss/gopherciser: notifications of the proxy after which it closes the socket. */
const lastNotifications = ['OnSessionTimedOut', 'OnSessionLoggedOut', 'OnSessionClosed']

/** 4001 (idle for too long) and 4006 (authentication failed) are among the close codes of @qlik/api 2.19.0. */
function isSessionLost({ status, closeCode, notification }: QlikSignal): boolean {
  if (status === 401 || closeCode === 4001 || closeCode === 4006) return true
  if (notification === undefined) return false
  const { method, params } = notification
  if (lastNotifications.includes(method)) return true
  const isAsked = isObject(params) && params.mustAuthenticate === true
  return method === 'OnAuthenticationInformation' && isAsked
}
