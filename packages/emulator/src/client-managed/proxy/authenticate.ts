import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RecordedToken } from '../../control/recorder.ts'
import { readBearer } from '../../http/bearer.ts'
import type { ClientManaged } from '../client-managed.ts'
import type { UserName } from '../repository/users.ts'
import {
  anonymousAccessModes,
  authenticationMethods,
  type VirtualProxyConfig,
} from '../repository/virtual-proxy.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import { type ProxyRefusal, refuseWith } from './answers.ts'
import { readSessionCookie } from './cookies.ts'
import { readEnvironment } from './environment.ts'
import { isSameUser, type ProxySession } from './sessions.ts'
import { verifyProxyToken } from './token/verify-token.ts'

/** Who asks, as far as the virtual proxy could find out. */
export type Authentication =
  | {
      readonly kind: 'session'
      readonly session: ProxySession
      /** Whether this request opened it: its cookie is then set. */
      readonly isNew: boolean
      readonly token?: RecordedToken
    }
  | {
      readonly kind: 'nobody'
      /** The switch without which the cookie would name a session. */
      readonly decidedBy?: keyof ClientManagedSwitches
    }
  | {
      readonly kind: 'refused'
      readonly refusal: ProxyRefusal
      readonly token?: RecordedToken
    }

/** Where a request meets the site: one virtual proxy on the proxy of one node. */
export interface Entry {
  readonly request: IncomingMessage
  readonly nodeId: string
  readonly config: VirtualProxyConfig
  readonly query: URLSearchParams
}

type Attributes = ReadonlyMap<string, readonly string[]>
const noAttributes: Attributes = new Map()

/** Why a user may not come in; a user who is not known yet is made. */
function enterUser(
  { repository, switches }: ClientManaged,
  user: UserName,
  attributes: Attributes,
): ProxyRefusal | undefined {
  const { unknownUser, blockedUserStatus, tokenRefusalBody: form } = switches.get()
  const known = repository.findUser(user)
  if (known === undefined) {
    if (unknownUser === 'refused')
      return refuseWith(401, 'Unauthorized', {
        form,
        detail: 'The user is not known',
        decidedBy: 'unknownUser',
        shapedBy: ['tokenRefusalBody'],
      })
    const created = repository.provideUser(user)
    const name = attributes.get('name')?.[0]
    if (name !== undefined) repository.users.replace(created.id, { ...created, name })
    return undefined
  }
  const { inactive, removedExternally, blacklisted } = known
  return inactive || removedExternally || blacklisted
    ? refuseWith(blockedUserStatus, 'Unauthorized', {
        form,
        detail: 'The user is blocked, inactive or removed',
        shapedBy: ['blockedUserStatus', 'tokenRefusalBody'],
      })
    : undefined
}

function openSession(
  site: ClientManaged,
  { request, nodeId, config }: Entry,
  user: UserName,
  attributes: Attributes,
  isAnonymous = false,
): ProxySession {
  const environment = readEnvironment(request)
  const opened = { virtualProxyId: config.id, nodeId, user, attributes, environment, isAnonymous }
  return site.sessions.open(opened)
}

/** An anonymous session has a user of its own, who is never known to the repository. */
function enterAnonymously(site: ClientManaged, entry: Entry): Authentication {
  const user = { directory: 'NONE', id: `anonymous${randomUUID()}` }
  const session = openSession(site, entry, user, noAttributes, true)
  return { kind: 'session', session, isNew: true }
}

function enterByToken(
  site: ClientManaged,
  entry: Entry,
  bearer: string,
  current: ProxySession | undefined,
): Authentication {
  const switches = site.switches.get()
  const { tokenRefusalBody: form, laterTokenAttributes } = switches
  const nowMs = site.clock.now().getTime()
  const verified = verifyProxyToken(bearer, { virtualProxy: entry.config, switches, nowMs })
  const { record: token } = verified
  if ('refusal' in verified) {
    const { detail, decidedBy } = verified.refusal
    const refusal = refuseWith(401, 'Unauthorized', {
      form,
      detail,
      decidedBy: decidedBy ?? (current === undefined ? undefined : 'laterToken'),
      shapedBy: ['tokenRefusalBody'],
    })
    return { kind: 'refused', refusal, token }
  }
  const { user, attributes } = verified
  if (current !== undefined && isSameUser(current.user, user)) {
    if (laterTokenAttributes === 'replaced') current.attributes = attributes
    return { kind: 'session', session: current, isNew: false, token }
  }
  const refusal = enterUser(site, user, attributes)
  if (refusal !== undefined) return { kind: 'refused', refusal, token }
  const session = openSession(site, entry, user, attributes)
  return { kind: 'session', session, isNew: true, token }
}

/** `X-User: ada` with the directory of the virtual proxy, or `ACME\ada` where the header brings it. */
function readHeaderUser({ request, config }: Entry): UserName | undefined {
  const { authenticationMethod, headerAuthenticationHeaderName } = config
  const value = request.headers[headerAuthenticationHeaderName.toLowerCase()]
  if (typeof value !== 'string' || value === '') return undefined
  if (authenticationMethod === authenticationMethods.headerStaticUserDirectory) {
    const directory = config.headerAuthenticationStaticUserDirectory.toUpperCase()
    return { directory, id: value }
  }
  const [, directory, id] = /^([^\\]+)\\(.+)$/.exec(value) ?? []
  return directory === undefined || id === undefined
    ? undefined
    : { directory: directory.toUpperCase(), id }
}

/** Who a ticket or a header of a listed name says that it is. */
function readOtherLogin(
  site: ClientManaged,
  entry: Entry,
): { user: UserName; attributes: Attributes } | undefined {
  const { authenticationMethod: method, id } = entry.config
  if (method === authenticationMethods.ticket) {
    const ticket = entry.query.get('qlikTicket') ?? entry.query.get('QlikTicket')
    const holder = ticket === null ? undefined : site.tickets.take(ticket)
    return holder?.virtualProxyId === id ? holder : undefined
  }
  const isHeader =
    method === authenticationMethods.headerStaticUserDirectory ||
    method === authenticationMethods.headerDynamicUserDirectory
  const user = isHeader ? readHeaderUser(entry) : undefined
  return user === undefined ? undefined : { user, attributes: noAttributes }
}

/**
 * Finds out who asks: by the session of the cookie, by what the authentication method of the virtual proxy takes, or
 * anonymously. A token that comes with a session's cookie is verified too (help.qlik.com, steps 4a and 4b).
 */
export function authenticate(site: ClientManaged, entry: Entry): Authentication {
  const { request, nodeId, config } = entry
  const id = readSessionCookie(config, request)
  const place = { virtualProxyId: config.id, nodeId }
  const current = id === undefined ? undefined : site.sessions.find({ id, ...place })
  if (current !== undefined) site.sessions.touch(current)
  const decidedBy = id === undefined ? undefined : site.sessions.switchThatHides({ id, ...place })
  const known: Authentication =
    current === undefined
      ? { kind: 'nobody', ...(decidedBy === undefined ? {} : { decidedBy }) }
      : { kind: 'session', session: current, isNew: false }
  if (config.anonymousAccessMode === anonymousAccessModes.alwaysAnonymous)
    return current === undefined ? enterAnonymously(site, entry) : known

  const bearer = readBearer(request.headers.authorization)
  const isJwt = config.authenticationMethod === authenticationMethods.jwt
  const isRead = current === undefined || site.switches.get().laterToken === 'checked'
  if (isJwt && bearer !== undefined && isRead) return enterByToken(site, entry, bearer, current)

  const login = readOtherLogin(site, entry)
  const isAnother = login !== undefined && !(current && isSameUser(current.user, login.user))
  if (isAnother) {
    const refusal = enterUser(site, login.user, login.attributes)
    if (refusal !== undefined) return { kind: 'refused', refusal }
    const session = openSession(site, entry, login.user, login.attributes)
    return { kind: 'session', session, isNew: true }
  }
  return current === undefined && config.anonymousAccessMode === anonymousAccessModes.allowAnonymous
    ? enterAnonymously(site, entry)
    : known
}
