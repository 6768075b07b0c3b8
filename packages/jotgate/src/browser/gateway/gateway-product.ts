import {
  parseProxyUser,
  parseQlikUser,
  proxyPaths,
  type QlikUser,
  qlikPaths,
} from '../../protocol/index.ts'
import { isObject } from '../../values/index.ts'
import type { DirectProduct, QlikSession } from '../direct/direct-product.ts'
import { getHostToken } from '../direct/host-token.ts'
import { type HostToken, outageOf, type Peer, type Reach } from '../direct/peer.ts'
import { askQlik } from '../direct/qlik-answer.ts'
import { failure } from '../failure.ts'
import { browserError } from '../immediate-errors.ts'
import type { GatewayOptions } from '../options.ts'

/** How long before its end a session is kept from ending: enough to try again when the application is away. */
const renewBeforeMs = 180_000

/** How soon a session is read again that would end before. */
const leastMs = 60_000

/** A gateway's shortest idle limit: a session that answered later cannot have expired. */
const shortestIdleMs = 60_000

/** Where each product says who somebody is: the table of this way by product. */
const users = new Map<
  string,
  { path: string; read(answer: unknown): QlikUser | 'inactive' | undefined }
>([
  ['cloud', { path: qlikPaths.currentUser, read: parseQlikUser }],
  ['client-managed', { path: proxyPaths.user, read: parseProxyUser }],
])

/**
 * A gateway, as a page speaks with it: a login that gives the page a cookie of the gateway, and no cookie, CSRF token
 * or web integration of Qlik.
 *
 * @param url the gateway's origin
 */
export function createGatewayProduct(
  url: string,
  reach: Reach,
  { assertion, onEvent }: GatewayOptions,
): DirectProduct {
  const peer: Peer = {
    url,
    reason: 'qlik-unreachable',
    unreachable: 'ERR_BROWSER_GATEWAY_UNREACHABLE',
  }
  const loginUrl = `${url}/.jotgate/login`
  const sessionUrl = `${url}/.jotgate/session`
  /** Who the application said it is at the first login. */
  let subject: unknown
  /** Whether the gateway said that the session has ended by itself. */
  let hasExpired = false

  const ask = (address: string, init: Parameters<typeof askQlik>[1] = {}) =>
    askQlik(new URL(address), init, reach, peer)

  /** Without an assertion the gateway asks the application itself. */
  const logIn = async ({ token, claims }: HostToken) => {
    subject ??= claims.sub
    const init = assertion && { headers: { authorization: `Bearer ${token}` } }
    const response = await ask(loginUrl, { method: 'POST', meant: /./, ...init })
    if (!response.ok) throw await refusalOf(response)
  }

  const notAnswer = (at: string) =>
    failure('ERR_BROWSER_GATEWAY_ANSWER', { reason: 'refused', url: at })

  /** Why the session of this page has ended; undefined when a new login may help. */
  const endOf = async (reason: unknown): Promise<Error | undefined> => {
    hasExpired = reason === 'expired' || reason === 'host-silent'
    if (reason === 'signed-out')
      return browserError('ERR_BROWSER_LOGGED_OUT', { reason: 'signed-out' })
    if (reason === 'revoked') return failure('ERR_BROWSER_REVOKED', { reason: 'revoked', url })
    if (reason === 'replaced') return otherPerson()
    if (reason !== 'host-signed-out') return undefined
    const details = { reason: 'not-logged-in-to-host', url: sessionUrl, status: 401 } as const
    return failure('ERR_BROWSER_NOT_LOGGED_IN', details)
  }

  /** Who they are at Qlik. The first to ask opens the session there, which may have to wait for its turn. */
  const askUser = async (product: string, basePath: string): Promise<object | undefined> => {
    const user = users.get(product)
    if (user === undefined) throw await notAnswer(sessionUrl)
    const address = `${url}${basePath}${user.path}`
    const init = { redirect: 'follow', meant: /^(401|503)$/ } as const
    const response = await ask(address, init)
    const { ok, status } = response
    const answer = await readJson(response)
    if (status === 503) {
      const isQueue = isObject(answer) && answer.code === 'ERR_GATEWAY_WAITING'
      const details = {
        url: address,
        retryAfterSeconds: Number(response.headers.get('retry-after')) || 5,
      }
      throw isQueue
        ? await failure('ERR_BROWSER_QLIK_QUEUE', { reason: 'queue-full', ...details })
        : await failure('ERR_BROWSER_QLIK_FAILED', { reason: peer.reason, status, ...details })
    }
    if (!ok) return undefined
    const found = user.read(answer)
    if (found === undefined || found === 'inactive')
      throw await failure('ERR_BROWSER_QLIK_ANSWER', { reason: 'refused', url: address })
    return found
  }

  const read = async (known: QlikSession | undefined): Promise<QlikSession | undefined> => {
    const response = await ask(sessionUrl, { meant: /^401$/ })
    const answer = await readJson(response)
    if (!response.ok) {
      const end = await endOf(isObject(answer) ? answer.reason : undefined)
      if (end && known) throw end
      return undefined
    }
    if (!isSession(answer)) throw await notAnswer(sessionUrl)
    const basePath = answer.prefix ? `/${answer.prefix}` : ''
    const isOpen = known && answer.state === 'open'
    const user = isOpen ? known.answer : await askUser(answer.product, basePath)
    if (user === undefined) return undefined
    const session = { person: answer.user.subject, csrfToken: '', answer: user, basePath }
    if (assertion === undefined) return session
    const leftMs = answer.endsAt - answer.now - renewBeforeMs
    // Never in place of somebody else who has logged in meanwhile.
    if (known?.person === session.person && leftMs <= 0) {
      const host = await getHostToken({ ...reach, token: assertion }, () => false)
      if (host.claims.sub !== subject) throw otherPerson()
      await logIn(host)
    }
    return { ...session, readInMs: Math.max(leftMs, leastMs) }
  }

  return {
    peer,
    basePath: '',
    sendsEveryToken: true,
    identify: () => undefined,
    safeUntil: (aliveAt) => (hasExpired ? 0 : aliveAt + shortestIdleMs),
    isOf: ({ sub }) => subject === undefined || sub === subject,
    openSession: logIn,
    async readSession(known) {
      for (;;) {
        try {
          return await read(known)
        } catch (error) {
          // A page that begins waits for its turn. A connection that exists says so, and tries again by itself.
          const { details } = error as {
            details?: { reason?: unknown; retryAfterSeconds?: number }
          }
          if (known || details?.reason !== 'queue-full') throw error
          const retryInMs = (details.retryAfterSeconds ?? 1) * 1000
          const event = {
            state: 'waiting',
            reason: 'queue-full',
            error: error as never,
            retryInMs,
          } as const
          // By itself, so that a listener that throws stops nothing.
          queueMicrotask(() => onEvent?.(event))
          await new Promise((resolve) => setTimeout(resolve, retryInMs))
        }
      }
    },
    // It was read already.
    toUser: async (user) => user as QlikUser,
    async endSession() {
      await ask(`${url}/.jotgate/logout`, { method: 'POST', keepalive: true })
    },
  }

  async function refusalOf(response: Response): Promise<Error> {
    const { status } = response
    if (status === 401 && assertion === undefined)
      return failure('ERR_BROWSER_NOT_LOGGED_IN', {
        reason: 'not-logged-in-to-host',
        url: loginUrl,
        status,
      })
    const answer = await readJson(response)
    const code = isObject(answer) && typeof answer.code === 'string' ? { code: answer.code } : {}
    const outage =
      status === 403
        ? ({ reason: 'not-permitted' } as const)
        : code.code === 'ERR_GATEWAY_HOST_SILENT'
          ? ({ reason: 'host-unreachable' } as const)
          : outageOf(response, peer)
    return failure('ERR_BROWSER_GATEWAY_REFUSED', { url: loginUrl, status, ...code, ...outage })
  }
}

/** What a gateway says of a session. */
interface SessionAnswer {
  readonly user: { readonly subject: string }
  readonly product: string
  readonly prefix?: string
  readonly state: string
  /** The gateway's clock, and when the session ends by it: in milliseconds since 1970. */
  readonly now: number
  readonly endsAt: number
}

function isSession(answer: unknown): answer is SessionAnswer {
  if (!isObject(answer) || !isObject(answer.user)) return false
  const { user, product, prefix = '', state, now, endsAt } = answer
  return (
    [user.subject, product, prefix, state].every((value) => typeof value === 'string') &&
    Number.isFinite(now) &&
    Number.isFinite(endsAt)
  )
}

const otherPerson = () =>
  browserError('ERR_BROWSER_USER_CHANGED', { reason: 'other-person', at: 'the application' })

const readJson = (response: Response): Promise<unknown> => response.json().catch(() => undefined)
