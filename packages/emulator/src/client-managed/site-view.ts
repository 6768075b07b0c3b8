import type { ClientManaged } from './client-managed.ts'
import { isSameUser } from './proxy/sessions.ts'
import type { FieldsOf } from './repository/entity.ts'
import { engineService, noCommunicationState, runningState } from './repository/nodes.ts'
import type { User } from './repository/users.ts'
import type { VirtualProxyConfig } from './repository/virtual-proxy.ts'

export interface SiteUserView {
  readonly userDirectory: string
  readonly userId: string
  readonly name: string
  readonly roles: readonly string[]
}

export interface ProxySessionView {
  /** Counts up from 1; not the cookie’s value. */
  readonly number: number
  /** The prefix of the virtual proxy. */
  readonly prefix: string
  /** The name of the node. */
  readonly node: string
  readonly userDirectory: string
  readonly userId: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
  readonly startedAt: string
  readonly lastActiveAt: string
  readonly openSockets: number
}

/** What tests may look at and do without HTTP. Each list is a copy. */
export interface SiteView {
  users(): SiteUserView[]
  sessions(): ProxySessionView[]
  virtualProxies(): VirtualProxyConfig[]
  /**
   * Changes fields of a virtual proxy, as the QMC does.
   *
   * @throws TypeError when there is none of this prefix
   */
  changeVirtualProxy(prefix: string, changes: Partial<FieldsOf<VirtualProxyConfig>>): void
  /**
   * Changes a user of the repository, such as to `blacklisted`.
   *
   * @throws TypeError when the repository does not have them
   */
  changeUser(
    user: { readonly userDirectory: string; readonly userId: string },
    changes: Partial<Pick<User, 'name' | 'roles' | 'inactive' | 'blacklisted'>>,
  ): void
  /**
   * Gives a user of the repository access by the licence.
   *
   * @throws TypeError when the repository does not have them
   */
  allocateAccess(
    user: { readonly userDirectory: string; readonly userId: string },
    kind: 'professional' | 'analyzer',
  ): void
  /**
   * Stops or starts the engine service of a node, as an administrator of its machine does.
   *
   * @throws TypeError when there is no such node
   */
  setEngineRunning(node: string, isRunning: boolean): void
  /** Ends all sessions of a user, on every virtual proxy and node; gives how many. */
  endSessionsOf(user: { readonly userDirectory: string; readonly userId: string }): number
}

export function toSiteView(site: ClientManaged): SiteView {
  const knownUser = ({ userDirectory, userId }: { userDirectory: string; userId: string }) => {
    const found = site.repository.findUser({ directory: userDirectory, id: userId })
    if (found === undefined) throw new TypeError(`no user is ${userDirectory}\\${userId}`)
    return found
  }
  return {
    users: () =>
      site.repository.users.list().map(({ userDirectory, userId, name, roles }) => ({
        userDirectory,
        userId,
        name,
        roles: [...roles],
      })),
    sessions: () =>
      site.sessions.list().map((session, index) => ({
        number: index + 1,
        prefix: site.repository.virtualProxies.find(session.virtualProxyId)?.prefix ?? '',
        node: site.repository.nodes.find(session.nodeId)?.name ?? '',
        userDirectory: session.user.directory,
        userId: session.user.id,
        attributes: Object.fromEntries(
          [...session.attributes].map(([name, values]) => [name, [...values]]),
        ),
        startedAt: session.createdAt.toISOString(),
        lastActiveAt: session.lastUsedAt.toISOString(),
        openSockets: session.sockets.size,
      })),
    virtualProxies: () => structuredClone([...site.repository.virtualProxies.list()]),
    changeVirtualProxy(prefix, changes) {
      const found = site.repository.virtualProxies.list().find((one) => one.prefix === prefix)
      if (found === undefined) throw new TypeError(`no virtual proxy has the prefix "${prefix}"`)
      site.repository.virtualProxies.replace(found.id, { ...found, ...changes })
    },
    changeUser(user, changes) {
      const found = knownUser(user)
      site.repository.users.replace(found.id, { ...found, ...changes })
    },
    allocateAccess(user, kind) {
      const at = site.clock.now().toISOString()
      site.repository.licence[kind].add({
        user: { id: knownUser(user).id },
        lastUsed: at,
        excess: false,
        quarantined: false,
        quarantineEnd: at,
      })
    },
    setEngineRunning(name, isRunning) {
      const node = site.repository.nodes.list().find((one) => one.name === name)
      const { serviceStatuses } = site.repository
      const engine = serviceStatuses
        .list()
        .find(
          ({ serviceType, serverNodeConfiguration: { id } }) =>
            serviceType === engineService && id === node?.id,
        )
      if (engine === undefined) throw new TypeError(`no node is called "${name}"`)
      const serviceState = isRunning ? runningState : noCommunicationState
      serviceStatuses.replace(engine.id, { ...engine, serviceState })
    },
    endSessionsOf: ({ userDirectory: directory, userId: id }) =>
      site.sessions.endWhere(({ user }) => isSameUser(user, { directory, id }), 'OnSessionClosed')
        .length,
  }
}
