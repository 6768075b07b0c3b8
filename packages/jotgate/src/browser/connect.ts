import { createSessionKeeper, type SessionKeeper } from './direct-session.ts'
import { browserErrors } from './errors.ts'
import { type ConnectOptions, type DirectOptions, parseOptions } from './options.ts'
import { askForCsrfToken } from './qlik-login.ts'
import { parseUser, type QlikUser } from './qlik-user.ts'
import { type SingleOptions, toSingleUrl } from './single-url.ts'
import { pageOrigin, qlikUnreachable, timedFetch } from './timed-fetch.ts'
import { toWebSocketOrigin, toWebSocketUrl } from './web-socket-url.ts'

/** A page's connection to Qlik, as one person. Its functions can be passed on by themselves. */
export interface QlikConnection {
  /** Asks Qlik whom it takes the person for. */
  user(): Promise<QlikUser>
  /**
   * The browser's fetch, for paths of this Qlik: with its cookies, the web integration, and the CSRF
   * token. After a 401 it logs in again, once; after a refused CSRF token it
   * gets a new one, once. A body that is a stream cannot be sent twice, so its refusal is returned.
   */
  fetch(path: string | URL, init?: RequestInit): Promise<Response>
  /**
   * The address of an app's engine, as enigma.js wants it.
   *
   * @param options.identity a name for an engine session of its own (own selections)
   * @param options.ttlSeconds how long the engine session outlives its last socket, 0 to 86400
   */
  webSocketUrl(appId: string, options?: { identity?: string; ttlSeconds?: number }): string
  /** Opens such an address, with the CSRF token that is valid now. */
  createSocket(url: string): WebSocket
  /**
   * The address of one object or sheet, for a frame of this page. The tenant has to list this page's
   * origin among its CSP origins (`frameAncestors`), or the browser refuses the frame.
   *
   * @param options.objectId what to show; or `sheetId`
   * @param options.identity the name of the engine session, to share its selections with your own charts
   */
  singleUrl(appId: string, options: SingleOptions): string
  /** Ends the session at Qlik. The connection cannot be used any more. */
  logout(): Promise<void>
}

/**
 * Logs the person in front of this page in to Qlik, as the application knows them.
 *
 * The page speaks with Qlik itself, so page and Qlik must be one site, or the browser must allow
 * third-party cookies. Steps: token from the application, session at Qlik, CSRF token.
 *
 * @param options.mode `direct`
 * @param options.url the tenant's origin
 * @param options.webIntegrationId the web integration that lists this page's origin
 * @param options.token `{ url }` of the application's endpoint, or a function
 * @param options.timeoutMs for each step, 30000 when left out, 1 to 300000
 * @param options.onStep hears each step of the login begin and end
 * @param options.fetch the browser's when left out; `options.WebSocket` likewise
 * @throws a `JotgateError` with a code that begins with ERR_BROWSER: its message says what happened and
 * its hint what to do, such as ERR_BROWSER_NOT_LOGGED_IN, ERR_BROWSER_LOGIN_REFUSED,
 * ERR_BROWSER_COOKIES_BLOCKED and ERR_BROWSER_QLIK_UNREACHABLE
 * @see https://qlik.dev/authenticate/jwt/implement-jwt-authorization/
 * @example
 * const qlik = await connect({
 *   mode: 'direct',
 *   url: 'https://acme.eu.qlikcloud.com',
 *   webIntegrationId: 'xCyB4Gn4SZuK7VTWPcFoDNMRz6ZBvhkV',
 *   token: { url: '/token' },
 * })
 * const { name } = await qlik.user()
 * const url = qlik.webSocketUrl('a1b2c3')
 */
export async function connect(options: ConnectOptions): Promise<QlikConnection> {
  const checked = parseOptions(options)
  return createConnection(checked, await createSessionKeeper(checked))
}

function createConnection(options: DirectOptions, keeper: SessionKeeper): QlikConnection {
  const { url, webIntegrationId } = options

  const send = async (address: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('qlik-web-integration-id', webIntegrationId)
    // Qlik asks for it on writes; whether on some reads too is not known.
    headers.set('qlik-csrf-token', keeper.current().csrfToken)
    try {
      return await options.fetch(address.href, { ...init, headers, credentials: 'include' })
    } catch (cause) {
      throw cause instanceof TypeError ? qlikUnreachable(url)(cause) : cause
    }
  }

  const fetch: QlikConnection['fetch'] = async (path, init = {}) => {
    const address = parseAddress(path, url)
    const { login, csrfToken } = keeper.current()
    const response = await send(address, init)
    if (init.body instanceof ReadableStream) return response
    if (response.status === 401) {
      await keeper.renewLogin(login)
      return send(address, init)
    }
    if (await isCsrfRefusal(response)) {
      await keeper.renewCsrfToken(csrfToken)
      return send(address, init)
    }
    return response
  }

  return Object.freeze({
    fetch,
    async user() {
      const call = `${url}/api/v1/users/me`
      const response = await fetch('/api/v1/users/me', { headers: { accept: 'application/json' } })
      const { status } = response
      // The login has just been renewed, and still Qlik sees no session.
      if (status === 401)
        throw browserErrors.ERR_BROWSER_COOKIES_BLOCKED({ url, pageOrigin: pageOrigin() })
      if (!response.ok) throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
      return parseUser(response, call)
    },
    webSocketUrl(appId, { identity, ttlSeconds } = {}) {
      const { csrfToken } = keeper.current()
      return toWebSocketUrl({ url, webIntegrationId, csrfToken, appId, identity, ttlSeconds })
    },
    createSocket(socketUrl) {
      const address = URL.canParse(socketUrl) ? new URL(socketUrl) : undefined
      if (address?.origin !== toWebSocketOrigin(url))
        throw browserErrors.ERR_BROWSER_ADDRESS({ url: toWebSocketOrigin(url) })
      // enigma.js comes again with the first address, whose token may be of a session that is gone.
      address.searchParams.set('qlik-csrf-token', keeper.current().csrfToken)
      return new options.WebSocket(address.href)
    },
    singleUrl(appId, single) {
      const { csrfToken } = keeper.current()
      return toSingleUrl({ url, webIntegrationId, csrfToken, appId, single })
    },
    async logout() {
      await keeper.close()
      // Qlik documents no CORS for /logout. So the page sends it unseen, and looks afterwards.
      await timedFetch(
        `${url}/logout`,
        { mode: 'no-cors', credentials: 'include', cache: 'no-store', keepalive: true },
        { ...options, unreachable: qlikUnreachable(url) },
      )
      const after = await askForCsrfToken(options)
      if (after.ok) throw browserErrors.ERR_BROWSER_LOGOUT({ url })
    },
  } satisfies QlikConnection)
}

/** Its exact form is not documented, only that it is a 403 that speaks of CSRF. */
async function isCsrfRefusal(response: Response): Promise<boolean> {
  return response.status === 403 && /csrf/i.test(await response.clone().text())
}

/** Absolute addresses occur in Qlik's own page links; elsewhere the CSRF token must not go. */
function parseAddress(path: string | URL, origin: string): URL {
  const address = URL.canParse(String(path), origin) ? new URL(String(path), origin) : undefined
  if (address?.origin !== origin) throw browserErrors.ERR_BROWSER_ADDRESS({ url: origin })
  return address
}
