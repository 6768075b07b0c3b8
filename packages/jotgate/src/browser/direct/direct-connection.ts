import { qlikHeaders, readEngineAddress, toWebSocketOrigin } from '../../protocol/index.ts'
import { valueOrThrow } from '../../values/index.ts'
import type { QlikConnection } from '../connection.ts'
import { browserErrors } from '../errors.ts'
import type { ConnectOptions } from '../options.ts'
import type { ConnectionState } from '../reasons.ts'
import { identifyPage } from './cloud/page-identity.ts'
import { readQlikUser } from './cloud/session.ts'
import { toSingleUrl } from './cloud/single-url.ts'
import { type DirectOptions, parseDirectOptions } from './direct-options.ts'
import { sendWithinOrigin } from './origin-fetch.ts'
import { pageOrigin } from './page-globals.ts'
import { createPageLogin, type Member, type PageLogin } from './page-login.ts'
import { createSockets } from './sockets.ts'

/** The logins of this page. Connections to one Qlik share one, if they use the same `fetch`: the same cookies. */
const pageLogins = new Map<PageLogin, { url: string; fetch: ConnectOptions['fetch'] }>()

/** The way `direct`: the page speaks with Qlik itself, by Qlik's own cookies. */
export async function connectDirectly(options: ConnectOptions): Promise<QlikConnection> {
  const checked = parseDirectOptions(options)
  let closeSockets: (() => void) | undefined
  const member: Member = {
    options: checked,
    onEvent(event) {
      if (closeSockets === undefined) return
      if (event.state === 'ended') closeSockets()
      checked.onEvent?.(event)
    },
  }
  const login = joinPageLogin(member, options.fetch)
  await login.opened
  const { connection, sockets } = createConnection(checked, login, member)
  closeSockets = sockets.closeAll
  return connection
}

function joinPageLogin(member: Member, fetch: ConnectOptions['fetch']): PageLogin {
  const { url } = member.options
  for (const [login, of] of pageLogins) {
    if (of.url !== url || of.fetch !== fetch) continue
    login.join(member)
    return login
  }
  const login = createPageLogin(member, () => pageLogins.delete(login))
  pageLogins.set(login, { url, fetch })
  return login
}

function createConnection(options: DirectOptions, login: PageLogin, member: Member) {
  const { url, webIntegrationId } = options
  let closed: (ConnectionState & { state: 'ended' }) | undefined
  const sockets = createSockets(login)
  const current = () => {
    if (closed !== undefined) throw closed.error
    return login.current()
  }
  const identity = () => ({ webIntegrationId, csrfToken: current().csrfToken })

  /** Gives work the login that is certain to be this person's; renews it once, should Qlik not know it. */
  const withLogin = async <Result>(
    work: () => Promise<Result>,
    isUnknown: (result: Result) => boolean,
  ): Promise<Result> => {
    current()
    await login.confirmed()
    const before = current().login
    const result = await work()
    if (!isUnknown(result)) return result
    await login.renew(before)
    return work()
  }

  const send = (address: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    // Qlik asks for the CSRF token on writes; whether on some reads too is not known.
    identifyPage(headers, identity())
    return sendWithinOrigin(address, { ...init, headers }, options)
  }

  const connection: QlikConnection = {
    get state() {
      return closed ?? login.state
    },
    async fetch(path, init = {}) {
      const address = parseAddress(path, url)
      const isRepeatable = !(init.body instanceof ReadableStream)
      let sentToken = ''
      const ask = () => {
        sentToken = current().csrfToken
        return send(address, init)
      }
      const response = await withLogin(ask, ({ status }) => status === 401 && isRepeatable)
      if (response.ok) login.noteAlive()
      if (response.status !== 403 || !isRepeatable) return response
      // Qlik's answer to a wrong CSRF token is not settled; that there is another one now is the proof.
      if (current().csrfToken === sentToken) await login.confirm(false).catch(() => undefined)
      return current().csrfToken === sentToken ? response : ask()
    },
    async user() {
      const ask = () => readQlikUser(current().csrfToken, options)
      const user = await withLogin(ask, (found) => found === undefined)
      if (user !== undefined) return user
      // The login has just been renewed, and still Qlik sees no session.
      const details = { reason: 'cookies-blocked', url, pageOrigin: pageOrigin() } as const
      throw browserErrors.ERR_BROWSER_COOKIES_BLOCKED(details)
    },
    webSocketUrl(appId, engine = {}) {
      const address = readEngineAddress(url, { ...engine, appId })
      const engineUrl = valueOrThrow(address, browserErrors.ERR_BROWSER_OPTION)
      identifyPage(engineUrl.searchParams, identity())
      return engineUrl.href
    },
    createSocket(socketUrl) {
      const origin = toWebSocketOrigin(url)
      const address = URL.canParse(socketUrl) ? new URL(socketUrl) : undefined
      if (address?.origin !== origin) throw browserErrors.ERR_BROWSER_ADDRESS({ url: origin })
      // enigma.js comes again with the first address, whose token may be of a session that has ended.
      address.searchParams.set(qlikHeaders.csrfToken, current().csrfToken)
      return sockets.add(new options.WebSocket(address.href))
    },
    singleUrl: (appId, single) => toSingleUrl({ url, ...identity(), appId, single }),
    async logout() {
      if (closed === undefined) await login.signOut()
    },
    close() {
      if (closed !== undefined) return
      const error = browserErrors.ERR_BROWSER_CLOSED({ reason: 'closed' })
      closed = { state: 'ended', reason: 'closed', error }
      sockets.closeAll()
      login.leave(member)
    },
  }
  return { connection: Object.freeze(connection), sockets }
}

/** Absolute addresses occur in Qlik's own page links; elsewhere the CSRF token must not go. */
function parseAddress(path: string | URL, origin: string): URL {
  const address = URL.canParse(String(path), origin) ? new URL(String(path), origin) : undefined
  if (address?.origin !== origin) throw browserErrors.ERR_BROWSER_ADDRESS({ url: origin })
  return address
}
