import {
  parseQlikUser,
  qlikHeaders,
  qlikPaths,
  readEngineAddress,
  toWebSocketOrigin,
} from '../../protocol/index.ts'
import { valueOrThrow } from '../../values/index.ts'
import type { QlikConnection } from '../connection.ts'
import { browserErrors } from '../errors.ts'
import type { ConnectOptions } from '../options.ts'
import { endQlikSession } from './cloud/login.ts'
import { identifyPage } from './cloud/page-identity.ts'
import { toSingleUrl } from './cloud/single-url.ts'
import { type DirectOptions, parseDirectOptions } from './direct-options.ts'
import { createSessionKeeper, type SessionKeeper } from './session-keeper.ts'
import { pageOrigin, qlikUnreachable } from './timed-fetch.ts'

/** The way `direct`: the page speaks with Qlik itself, by Qlik's own cookies. */
export async function connectDirectly(options: ConnectOptions): Promise<QlikConnection> {
  const checked = parseDirectOptions(options)
  return createConnection(checked, await createSessionKeeper(checked))
}

function createConnection(options: DirectOptions, keeper: SessionKeeper): QlikConnection {
  const { url, webIntegrationId } = options

  const send = async (address: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    // Qlik asks for the CSRF token on writes; whether on some reads too is not known.
    identifyPage(headers, { webIntegrationId, csrfToken: keeper.current().csrfToken })
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
      const call = url + qlikPaths.currentUser
      const response = await fetch(qlikPaths.currentUser, {
        headers: { accept: 'application/json' },
      })
      const { status } = response
      // The login has just been renewed, and still Qlik sees no session.
      if (status === 401)
        throw browserErrors.ERR_BROWSER_COOKIES_BLOCKED({ url, pageOrigin: pageOrigin() })
      if (!response.ok) throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
      const user = parseQlikUser(await response.json().catch(() => undefined))
      if (user !== undefined) return user
      throw browserErrors.ERR_BROWSER_QLIK_ANSWER({ url: call, problem: 'is not a user' })
    },
    webSocketUrl(appId, engine = {}) {
      const address = readEngineAddress(url, { ...engine, appId })
      const engineUrl = valueOrThrow(address, browserErrors.ERR_BROWSER_OPTION)
      const { csrfToken } = keeper.current()
      identifyPage(engineUrl.searchParams, { webIntegrationId, csrfToken })
      return engineUrl.href
    },
    createSocket(socketUrl) {
      const address = URL.canParse(socketUrl) ? new URL(socketUrl) : undefined
      if (address?.origin !== toWebSocketOrigin(url))
        throw browserErrors.ERR_BROWSER_ADDRESS({ url: toWebSocketOrigin(url) })
      // enigma.js comes again with the first address, whose token may be of a session that is gone.
      address.searchParams.set(qlikHeaders.csrfToken, keeper.current().csrfToken)
      return new options.WebSocket(address.href)
    },
    singleUrl(appId, single) {
      const { csrfToken } = keeper.current()
      return toSingleUrl({ url, webIntegrationId, csrfToken, appId, single })
    },
    async logout() {
      await keeper.close()
      await endQlikSession(options)
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
