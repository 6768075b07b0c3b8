import { isObject, type JsonObject } from '../../../values/index.ts'
import { qlikErrors } from '../../errors.ts'
import type { CallOptions, QlikAnswer } from '../../http.ts'
import { createServiceCalls, jsonOf } from '../service-calls.ts'

/** A user by directory and ID. */
export interface ProxyUser {
  readonly userDirectory: string
  readonly userId: string
}

/** A session that a proxy has. */
export interface ProxySession extends ProxyUser {
  /** SECURITY: the value of the session's cookie. Whoever has it is the user. */
  readonly sessionId: string
  /** The attributes of the token, each as often as it has values. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[]
}

/** The calls of the proxy API of client-managed Qlik (QPS), at one node. Each throws the errors of the part. */
export interface ProxyApi {
  /** @param prefix of the virtual proxy; empty for the default one */
  listSessions(prefix: string): Promise<readonly ProxySession[]>
  /** The sessions of one user. */
  listUserSessions(prefix: string, user: ProxyUser): Promise<readonly ProxySession[]>
  /** Ends a session and closes its web sockets; false when the node has none of that ID. */
  endSession(prefix: string, sessionId: string): Promise<boolean>
  /** Ends every session that the user has there, and gives those that it ended. */
  endUserSessions(prefix: string, user: ProxyUser): Promise<readonly ProxySession[]>
  /** Makes a ticket, which opens one session as `?qlikTicket=` in any address below the prefix. */
  createTicket(prefix: string, user: ProxyUser): Promise<string>
}

/**
 * Speaks to the proxy API of client-managed Qlik (QPS) of one node. It takes client certificates alone, and knows
 * the sessions of its own node: to end somebody's sessions everywhere, ask every node and virtual proxy.
 *
 * @param options.url the node's own port, such as `https://node.acme.example:4243`
 * @param options.fetch of a transport with the client certificate; the runtime's when omitted
 * @param options.timeoutMs for each call, 10000 when omitted, 1 to 300000
 * @param options.signal gives up every call when it aborts
 * @throws ERR_QLIK_OPTION for a wrong option; each call throws the errors of the part
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Proxy Service API
 * @example
 * import { createProxyApi, type Transport } from 'jotgate/qlik'
 *
 * async function logOutAda({ fetch }: Transport) {
 *   const node = createProxyApi({ url: 'https://node.acme.example:4243', fetch })
 *   const ended = await node.endUserSessions('jwt', { userDirectory: 'ACME', userId: 'ada' })
 *   console.log(`${ended.length} sessions have ended`)
 * }
 */
export function createProxyApi(options: CallOptions & { url: string }): ProxyApi {
  const calls = createServiceCalls(options)
  return Object.freeze({
    async listSessions(prefix: string) {
      return sessionsOf(await calls({ path: `${rootOf(prefix)}/session` }))
    },
    async listUserSessions(prefix: string, user: ProxyUser) {
      return sessionsOf(await calls({ path: userPath(prefix, user) }))
    },
    async endSession(prefix: string, sessionId: string) {
      const secret = segment('sessionId', sessionId)
      const path = `${rootOf(prefix)}/session/${secret}`
      const { status } = await calls({ method: 'DELETE', path, secret, accepts: [404] })
      return status !== 404
    },
    async endUserSessions(prefix: string, user: ProxyUser) {
      const path = userPath(prefix, user)
      const answer = await calls({ method: 'DELETE', path, accepts: [404] })
      // Whether there is always a list is not documented for a user who has no session.
      return answer.status === 404 || answer.text === '' ? [] : sessionsOf(answer)
    },
    async createTicket(prefix: string, { userDirectory, userId }: ProxyUser) {
      const body = { UserDirectory: userDirectory, UserId: userId, Attributes: [] }
      const answer = await calls({ method: 'POST', path: `${rootOf(prefix)}/ticket`, body })
      const ticket = fieldOf(jsonOf(answer), 'ticket')
      if (ticket !== undefined) return ticket
      throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'holds no ticket' })
    },
  })
}

function rootOf(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[a-z0-9._~-]{0,128}$/.test(prefix))
    return prefix === '' ? '/qps' : `/qps/${segment('prefix', prefix)}`
  const problem = 'must be the prefix of a virtual proxy'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'prefix', problem })
}

const userPath = (prefix: string, { userDirectory, userId }: ProxyUser) =>
  `${rootOf(prefix)}/user/${segment('userDirectory', userDirectory)}/${segment('userId', userId)}`

/** One segment of a path, which stays one: a URL parser reads dots as a way up. */
function segment(option: string, value: unknown): string {
  const isText = typeof value === 'string' && value.length > 0 && value.length <= 255
  if (isText && value.isWellFormed() && !/^\.\.?$/.test(value)) return encodeURIComponent(value)
  const problem = 'must be a string of 1 to 255 characters, not of dots alone'
  throw qlikErrors.ERR_QLIK_OPTION({ option, problem })
}

function sessionsOf(answer: QlikAnswer): readonly ProxySession[] {
  const value = jsonOf(answer)
  const sessions = Array.isArray(value) ? value.map(toSession) : [undefined]
  if (sessions.every((one) => one !== undefined)) return sessions
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a list of sessions' })
}

function toSession(value: unknown): ProxySession | undefined {
  const [userDirectory, userId, sessionId] = ['userdirectory', 'userid', 'sessionid'].map((name) =>
    fieldOf(value, name),
  )
  if (userDirectory === undefined || userId === undefined || sessionId === undefined)
    return undefined
  return { userDirectory, userId, sessionId, attributes: attributesOf(value) }
}

/** Each of one name and one value, as `{ "Group": "sales" }`. */
function attributesOf(value: unknown): ProxySession['attributes'] {
  const [, list] = entryOf(value, 'attributes') ?? []
  if (!Array.isArray(list)) return []
  return list
    .filter(isObject)
    .flatMap((one: JsonObject) =>
      Object.entries(one).map(([name, text]) => ({ name, value: String(text) })),
    )
}

function fieldOf(value: unknown, name: string): string | undefined {
  const [, field] = entryOf(value, name) ?? []
  return typeof field === 'string' && field !== '' ? field : undefined
}

/** QPS takes names in any case, and public clients have seen it answer in two. */
const entryOf = (value: unknown, name: string) =>
  isObject(value) ? Object.entries(value).find(([key]) => key.toLowerCase() === name) : undefined
