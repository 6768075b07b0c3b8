import { toEngineAddress, toWebSocketOrigin } from '../../protocol/index.ts'
import type { QlikConnection } from '../connection.ts'
import { browserError, optionError } from '../immediate-errors.ts'
import type { CommonOptions, WithToken } from '../options.ts'
import type { ConnectionState } from '../reasons.ts'
import { checkOptions, type MakeProduct } from './direct-options.ts'
import { sendWithinOrigin } from './origin-fetch.ts'
import { createPageLogin, type Member, type PageLogin } from './page-login.ts'
import { toSingleUrl } from './single-url.ts'
import { createSockets } from './sockets.ts'
import { parseUrl } from './url.ts'

/** The logins of this page. Connections to one Qlik share one, if they use the same `fetch`: the same cookies. */
const pageLogins = new Set<{ login: PageLogin; site: string; fetch: CommonOptions['fetch'] }>()

function joinPageLogin(member: Member, fetch: CommonOptions['fetch']): PageLogin {
  const { url, product } = member.options
  const site = url + product.basePath
  for (const known of pageLogins) {
    if (known.site !== site || known.fetch !== fetch) continue
    known.login.join(member)
    return known.login
  }
  const login = createPageLogin(member, site, () => pageLogins.delete(entry))
  const entry = { login, site, fetch }
  pageLogins.add(entry)
  return login
}

/** Connects a page by the login that it shares: with Qlik itself, or with a gateway. */
export async function openConnection<Options extends WithToken>(
  given: Options,
  makeProduct: MakeProduct<Options>,
): Promise<QlikConnection> {
  const options = await checkOptions(given, makeProduct)
  const { url, product } = options
  let closed: (ConnectionState & { state: 'ended' }) | undefined
  const member: Member = {
    options,
    onEvent(event) {
      if (event.state === 'ended') sockets.closeAll()
      options.onEvent?.(event)
    },
  }
  const login = joinPageLogin(member, given.fetch)
  const sockets = createSockets(login)
  await login.opened
  const { basePath = product.basePath } = login.current()
  const site = url + basePath

  const current = () => {
    if (closed) throw closed.error
    return login.current()
  }
  /** The address, with what names the page to Qlik. */
  const identified = (address: URL) => {
    product.identify(address, current().csrfToken)
    return address.href
  }

  return {
    get state() {
      return closed ?? login.state
    },
    async fetch(path, init = {}) {
      const text = String(path)
      const address = parseAddress(text.startsWith('/') ? basePath + text : text, site, url)
      current()
      await login.confirmed()
      /** Which session it is, and which CSRF token. */
      const stamp = () => current().login + current().csrfToken
      let sent = ''
      const ask = () => {
        sent = stamp()
        const headers = new Headers(init.headers)
        // Qlik asks for the CSRF token on writes; whether on some reads too is not known.
        product.identify(address, current().csrfToken, headers)
        return sendWithinOrigin(address, { ...init, headers }, options.fetch, product.peer)
      }
      const response = await ask()
      if (response.ok) login.noteAlive()
      // A body that is a stream cannot be sent twice.
      if (![401, 403].includes(response.status) || init.body instanceof ReadableStream)
        return response
      // Whether Qlik means the session, the CSRF token or a right is not settled: that there is another one is the proof.
      if (sent === stamp()) await login.confirm()
      return sent === stamp() ? response : ask()
    },
    async user() {
      current()
      await login.confirmed()
      return product.toUser(current().answer)
    },
    webSocketUrl(appId, engine = {}) {
      return identified(toEngineAddress(url, { ...engine, appId, basePath }, optionError))
    },
    createSocket(socketUrl) {
      const address = parseAddress(socketUrl, toWebSocketOrigin(site))
      // enigma.js comes again with the first address, whose token may be of a session that has ended.
      const open = () => sockets.add(new options.WebSocket(identified(address)))
      current()
      return product.inTurn?.(socketUrl, login.confirm, open) ?? open()
    },
    singleUrl: (appId, single) => identified(toSingleUrl(site, appId, single)),
    async logout() {
      if (!closed) await login.signOut()
    },
    close() {
      if (closed) return
      const error = browserError('ERR_BROWSER_CLOSED', { reason: 'closed' })
      closed = { state: 'ended', reason: 'closed', error }
      sockets.closeAll()
      login.leave(member)
    },
  }
}

/** Reads an address of this Qlik. Absolute ones occur in its own page links; elsewhere the CSRF token must not go. */
function parseAddress(path: string, site: string, base?: string): URL {
  const address = parseUrl(path, base)
  if (!address?.href.startsWith(`${site}/`))
    throw optionError({ option: 'path', problem: `must lead to ${site}` })
  return address
}
