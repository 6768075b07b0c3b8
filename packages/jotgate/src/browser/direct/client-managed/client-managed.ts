import {
  createXrfkey,
  parseProxyUser,
  proxyHeaders,
  proxyPaths,
  qlikHeaders,
} from '../../../protocol/index.ts'
import { diagnosed, failure } from '../../failure.ts'
import { wrongOption } from '../../option-check.ts'
import type { ClientManagedOptions } from '../../options.ts'
import type { DirectProduct } from '../direct-product.ts'
import type { HostToken, Peer, Reach } from '../peer.ts'
import { askQlik } from '../qlik-answer.ts'
import { waitingSocket } from './waiting-socket.ts'

/** Client-managed Qlik, as a page speaks with it through a virtual proxy with the authentication method JWT. */
export async function clientManaged(
  { prefix = '' }: ClientManagedOptions,
  url: string,
  reach: Reach,
): Promise<DirectProduct> {
  if (!/^[a-z0-9._~-]{0,128}$/.test(prefix) || /^\.+$/.test(prefix))
    throw await wrongOption('prefix')
  const basePath = prefix === '' ? '' : `/${prefix}`
  const peer: Peer = {
    url: url + basePath,
    reason: 'qlik-unreachable',
    unreachable: 'ERR_BROWSER_PROXY_UNREACHABLE',
  }
  const addressOf = (path: string) => `${url}${basePath}${path}`

  /** Without header fields of its own a read needs no preflight, which the proxy may not answer. */
  const ask = (path: string, init: Parameters<typeof askQlik>[1] = {}) =>
    askQlik(new URL(addressOf(path)), init, reach, peer)

  const withXrfkey = (address: URL, headers: Headers) => {
    const key = createXrfkey()
    address.searchParams.set('xrfkey', key)
    headers.set(proxyHeaders.xrfkey, key)
  }

  const readUser = async (response: Response) => {
    const answer: unknown = await response.json().catch(() => undefined)
    const user = parseProxyUser(answer)
    if (user !== undefined) return user === 'inactive' ? undefined : user
    const details = { reason: 'refused', url: addressOf(proxyPaths.user) } as const
    throw await failure('ERR_BROWSER_QLIK_ANSWER', details)
  }

  /** The token opens a session at any path; this one answers whose it is. */
  const enter = async (host: HostToken) => {
    const headers = { authorization: `Bearer ${host.token}` }
    const response = await ask(proxyPaths.user, { headers, meant: /^4(?!29)/ })
    if (response.ok) return readUser(response)
    const details = { url: addressOf(proxyPaths.user), status: response.status } as const
    throw await diagnosed(
      ({ proxyRefusal }) => proxyRefusal(host, details),
      'ERR_BROWSER_PROXY_REFUSED',
      { reason: 'refused', ...details },
    )
  }

  const whoIsThere = async () => {
    const response = await ask(proxyPaths.user, { meant: /^40[134]$/ })
    return response.ok ? readUser(response) : undefined
  }

  const endSession = async () => {
    const address = new URL(addressOf(proxyPaths.user))
    const headers = new Headers()
    withXrfkey(address, headers)
    await askQlik(address, { method: 'DELETE', headers }, reach, peer)
  }

  /** A page does not know by which claim the virtual proxy knows the user; the user ID is one of their values. */
  const names = ({ claims }: Pick<HostToken, 'claims'>, userId: string) =>
    Object.values(claims).some(
      (value) => typeof value === 'string' && value.toLowerCase() === userId.toLowerCase(),
    )

  let turn: Promise<unknown> = Promise.resolve()

  return {
    peer,
    basePath,
    // An administrator sets the inactivity timeout in minutes, and sessions have no other limit.
    safeUntil: (aliveAt) => aliveAt + 60_000,
    sendsEveryToken: true,
    isOf: (claims, { person }) => names({ claims }, person.slice(person.indexOf('\\') + 1)),
    // Whether a token opens one web socket or many, and whether the next request for one replaces it, is not known.
    inTurn(socketUrl, confirm, open) {
      const opening = turn.then(confirm).then(open)
      turn = opening.then(untilOpen).catch(() => undefined)
      return waitingSocket(socketUrl, opening)
    },
    async openSession(host) {
      const user = await enter(host)
      if (user === undefined || names(host, user.subject)) return
      // The proxy did not look at the token, since the browser has somebody's session.
      await endSession()
      await enter(host)
    },
    async readSession() {
      const user = await whoIsThere()
      if (user === undefined) return undefined
      const answer = await ask(proxyPaths.csrfToken, { meant: /^40[134]$/ })
      const { status, headers } = answer
      if (status === 401) return undefined
      const csrfUrl = addressOf(proxyPaths.csrfToken)
      // Without a session too, which may have ended a moment ago.
      if (status === 403 && (await whoIsThere()) === undefined) return undefined
      if (status === 403) {
        const reason = 'origin-not-listed'
        const details = { reason, url: csrfUrl } as const
        throw await failure('ERR_BROWSER_HOST_NOT_ALLOWED', details)
      }
      // Releases before the CSRF tokens of web sockets answer 404.
      const csrfToken = status === 404 ? '' : headers.get(qlikHeaders.csrfToken)
      if (csrfToken !== null) return { person: user.id, csrfToken, answer: user }
      throw await failure('ERR_BROWSER_CSRF_TOKEN', { reason: 'refused', url: csrfUrl })
    },
    toUser: async (user) => user as Awaited<ReturnType<DirectProduct['toUser']>>,
    async endSession() {
      await endSession()
      if ((await whoIsThere()) !== undefined)
        throw await failure('ERR_BROWSER_LOGOUT', { url: peer.url })
    },
    identify(address, csrfToken, headers) {
      if (headers !== undefined) withXrfkey(address, headers)
      else if (address.protocol.startsWith('ws') && csrfToken !== '')
        address.searchParams.set(qlikHeaders.csrfToken, csrfToken)
    },
  }
}

/** Until the handshake is over, one way or the other. */
function untilOpen(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const type of ['open', 'close']) socket.addEventListener(type, () => resolve())
  return promise
}
