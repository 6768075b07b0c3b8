import { createHash } from 'node:crypto'
import type { ClientManaged } from '../client-managed.ts'
import { isSameUser, type ProxySession, toQualifiedName } from '../proxy/sessions.ts'
import { ruleActions, ruleContexts, type SystemRule } from '../repository/rules/system-rule.ts'
import type { User } from '../repository/users.ts'
import type { VirtualProxyConfig } from '../repository/virtual-proxy.ts'
import { noticesOn } from './virtual-proxy-notices.ts'

type Shown = Pick<ClientManaged, 'repository' | 'sessions'>

const words = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
const contexts = {
  [ruleContexts.both]: 'Both in hub and QMC',
  [ruleContexts.hub]: 'Only in hub',
  [ruleContexts.qmc]: 'Only in QMC',
}

/** The nodes whose proxy serves a virtual proxy. */
export function nodesServing({ repository }: Shown, virtualProxyId: string): string[] {
  return repository.nodes
    .list()
    .map(({ id }) => id)
    .filter((nodeId) => repository.virtualProxiesOf(nodeId).some(({ id }) => id === virtualProxyId))
}

/** The sessions of a user of the repository, on every virtual proxy and node. */
export function isSessionOf(user: User, session: ProxySession): boolean {
  return isSameUser(session.user, { directory: user.userDirectory, id: user.userId })
}

/** A name for a session that opens nothing: the ID itself is the cookie's value. */
export function handleOf({ id }: ProxySession): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}

function showVirtualProxy(site: Shown, config: VirtualProxyConfig) {
  const linkedTo = nodesServing(site, config.id)
  return {
    ...config,
    linkedTo,
    sessions: site.sessions.list().filter((one) => one.virtualProxyId === config.id).length,
    notices: noticesOn(config, linkedTo.length),
  }
}

function showSession({ repository }: Shown, session: ProxySession) {
  return {
    id: handleOf(session),
    user: toQualifiedName(session.user),
    prefix: repository.virtualProxies.find(session.virtualProxyId)?.prefix ?? '',
    node: repository.nodes.find(session.nodeId)?.name ?? '',
    attributes: [...session.attributes].map(([name, values]) => ({ name, values })),
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    sockets: session.sockets.size,
  }
}

/** The names of the actions; what is most of them, by what is not in it. */
function showActions(actions: number): string {
  const names = (isIn: boolean) =>
    Object.entries(ruleActions)
      .filter(([, bit]) => ((actions & bit) !== 0) === isIn)
      .map(([action]) => words(action))
      .join(', ')
  const isMost = names(false).length < names(true).length
  if (!isMost) return names(true)
  return names(false) === '' ? 'all' : `all but ${names(false)}`
}

function showRule({ id, name, type, resourceFilter, rule, actions, ...one }: SystemRule) {
  return {
    id,
    name,
    type,
    resourceFilter,
    rule,
    actions: showActions(actions),
    context: contexts[one.ruleContext as keyof typeof contexts] ?? '',
    disabled: one.disabled,
  }
}

/** All that the console shows of the site. */
export function showSite(site: Shown) {
  const { repository, sessions } = site
  return {
    nodes: repository.nodes.list().map(({ id, name, isCentral }) => ({ id, name, isCentral })),
    virtualProxies: repository.virtualProxies.list().map((one) => showVirtualProxy(site, one)),
    sessions: sessions.list().map((one) => showSession(site, one)),
    users: repository.users.list().map((user) => ({
      id: user.id,
      userDirectory: user.userDirectory,
      userId: user.userId,
      name: user.name,
      roles: user.roles,
      inactive: user.inactive,
      blacklisted: user.blacklisted,
      removedExternally: user.removedExternally,
      sessions: sessions.list().filter((one) => isSessionOf(user, one)).length,
    })),
    rules: repository.systemRules.list().map(showRule),
  }
}
