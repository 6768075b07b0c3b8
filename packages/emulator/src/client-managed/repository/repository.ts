import type { App, Stream } from './apps.ts'
import { type Collection, createCollection } from './collection.ts'
import { type Entity, type FieldsOf, newHead, type Reference } from './entity.ts'
import type { CustomPropertyDefinition, Tag } from './labels.ts'
import { type Licence, newLicence } from './licence.ts'
import {
  newNode,
  newProxySettings,
  type ProxyService,
  runningServices,
  type ServerNodeConfiguration,
  type ServiceStatus,
} from './nodes.ts'
import { type Decision, decide } from './rules/decide.ts'
import { defaultRules, everyoneStreamId } from './rules/default-rules.ts'
import type { Question, Resource } from './rules/question.ts'
import type { SystemRule } from './rules/system-rule.ts'
import { newUser, type User, type UserName, userKey } from './users.ts'
import { type VirtualProxyConfig, virtualProxyDefaults } from './virtual-proxy.ts'
import { onVirtualProxyChange, type VirtualProxyChange } from './virtual-proxy-changes.ts'

/** The data of one deployment. A reset makes a new one. */
export interface Repository {
  readonly virtualProxies: Collection<VirtualProxyConfig>
  readonly proxyServices: Collection<ProxyService>
  readonly nodes: Collection<ServerNodeConfiguration>
  readonly serviceStatuses: Collection<ServiceStatus>
  readonly users: Collection<User>
  readonly streams: Collection<Stream>
  readonly apps: Collection<App>
  readonly systemRules: Collection<SystemRule>
  readonly tags: Collection<Tag>
  readonly customPropertyDefinitions: Collection<CustomPropertyDefinition>
  readonly licence: Licence
  /** The virtual proxy with a prefix that the proxy service of a node serves; undefined when it is not linked to it. */
  virtualProxyAt(prefix: string, nodeId: string): VirtualProxyConfig | undefined
  /** The virtual proxies that the proxy service of a node serves. */
  virtualProxiesOf(nodeId: string): readonly VirtualProxyConfig[]
  /** Lets the proxy service of a node, of every node when omitted, serve a virtual proxy. */
  link(virtualProxyId: string, nodeId?: string): void
  /** The entity with an ID, whatever its type, as rules see it. */
  findResource(id: string): Resource | undefined
  /** Asks the security rules; the answer names the rule that decides. */
  decide(question: Question): Decision
  findUser(name: UserName): User | undefined
  /** The user of a login, who is created when the repository does not have them. */
  provideUser(name: UserName): User
  /** Calls a listener when a virtual proxy or one of its links changed; gives what ends that. */
  onVirtualProxyChange(listener: (change: VirtualProxyChange) => void): () => void
}

/** What a deployment begins with; everything can be omitted. */
export interface RepositoryOptions {
  /** The clock; real time when omitted. */
  now?: () => Date
  /** Each is published to the stream Everyone. */
  apps?: readonly { readonly id: string; readonly name: string }[]
  /** Names of the nodes, the central one first; `Central` alone when omitted. */
  nodes?: readonly [string, ...string[]]
  /** Linked to the proxy service of every node, and balanced to each. */
  virtualProxies?: readonly (Partial<FieldsOf<VirtualProxyConfig>> & {
    readonly prefix: string
    readonly sessionCookieHeaderName: string
  })[]
  /** Whether rules find an attribute of a session as `user.NAME` too, beside `user.environment.NAME`; true when omitted. */
  attributesAreProperties?: () => boolean
}

/** Whom a new deployment has as its administrator. */
const administratorName: UserName = { directory: 'EMULATOR', id: 'administrator' }

/** The accounts that client certificates are commonly used with. */
const serviceAccounts = ['sa_repository', 'sa_api'] as const

/**
 * Makes the repository of a new deployment: the default virtual proxy, a proxy service on each node, the
 * administrator, and every app published to the stream Everyone.
 */
export function createRepository(options: RepositoryOptions = {}): Repository {
  const { now = () => new Date(), apps = [], nodes: nodeNames = ['Central'] } = options
  const { attributesAreProperties = () => true } = options
  const nodes = createCollection<ServerNodeConfiguration>(now)
  const proxyServices = createCollection<ProxyService>(now)
  const serviceStatuses = createCollection<ServiceStatus>(now)
  const virtualProxies = createCollection<VirtualProxyConfig>(now)
  const users = createCollection<User>(now)
  const streams = createCollection<Stream>(now)
  const appList = createCollection<App>(now)
  const systemRules = createCollection<SystemRule>(now)
  const tags = createCollection<Tag>(now)
  const customPropertyDefinitions = createCollection<CustomPropertyDefinition>(now)
  const licence = newLicence(now)
  const byType: Readonly<Record<string, Pick<Collection<Entity>, 'find'>>> = {
    App: appList,
    Stream: streams,
    User: users,
    VirtualProxyConfig: virtualProxies,
    ProxyService: proxyServices,
    ServerNodeConfiguration: nodes,
    ServiceStatus: serviceStatuses,
    SystemRule: systemRules,
    Tag: tags,
    CustomPropertyDefinition: customPropertyDefinitions,
    'License.ProfessionalAccessType': licence.professional,
    'License.AnalyzerAccessType': licence.analyzer,
  }

  const findResource = (id: string): Resource | undefined => {
    for (const [type, { find }] of Object.entries(byType)) {
      const entity = find(id)
      if (entity !== undefined) return { type, entity }
    }
    return undefined
  }

  const proxiesOf = (nodeId: string) =>
    proxyServices.list().filter(({ serverNodeConfiguration: { id } }) => id === nodeId)
  const virtualProxiesOf = (nodeId: string): VirtualProxyConfig[] =>
    proxiesOf(nodeId)
      .flatMap(({ settings }) => settings.virtualProxies)
      .flatMap(({ id }) => virtualProxies.find(id) ?? [])
  const findUser = (name: UserName): User | undefined => {
    const key = userKey(name)
    return users
      .list()
      .find(
        ({ userDirectory, userId }) => userKey({ directory: userDirectory, id: userId }) === key,
      )
  }
  const link = (virtualProxyId: string, nodeId?: string) => {
    const services = nodeId === undefined ? proxyServices.list() : proxiesOf(nodeId)
    for (const { id, settings, ...others } of services) {
      if (settings.virtualProxies.some((linked) => linked.id === virtualProxyId)) continue
      const linked: Reference[] = [...settings.virtualProxies, { id: virtualProxyId }]
      proxyServices.replace(id, { ...others, settings: { ...settings, virtualProxies: linked } })
    }
  }

  for (const [index, name] of nodeNames.entries()) {
    const node = nodes.add(newNode(name, index === 0))
    proxyServices.add({
      tags: [],
      customProperties: [],
      serverNodeConfiguration: { id: node.id },
      settings: newProxySettings([]),
    })
  }
  for (const node of nodes.list())
    for (const status of runningServices(node)) serviceStatuses.add(status)
  const everyNode = nodes.list().map(({ id }) => ({ id }))
  const first = {
    prefix: '',
    description: 'Central Proxy (Default)',
    sessionCookieHeaderName: 'X-Qlik-Session',
    defaultVirtualProxy: true,
  }
  for (const given of [first, ...(options.virtualProxies ?? [])])
    link(
      virtualProxies.add({
        ...virtualProxyDefaults(),
        loadBalancingServerNodes: everyNode,
        ...given,
      }).id,
    )

  const administrator = users.add(newUser(administratorName, { roles: ['RootAdmin'] }))
  for (const id of serviceAccounts)
    users.add(
      newUser({ directory: 'INTERNAL', id }, { roles: ['RootAdmin'], deleteProhibited: true }),
    )
  const owner = { id: administrator.id }
  const everyone = streams.add(
    { tags: [], customProperties: [], name: 'Everyone', owner },
    { id: everyoneStreamId },
  )
  for (const rule of defaultRules) systemRules.add(rule)
  for (const { id, name } of apps)
    appList.add(
      {
        tags: [],
        customProperties: [],
        name,
        description: '',
        owner,
        published: true,
        publishTime: newHead(now()).createdDate,
        stream: { id: everyone.id },
      },
      { id },
    )

  return {
    virtualProxies,
    proxyServices,
    nodes,
    serviceStatuses,
    users,
    streams,
    apps: appList,
    systemRules,
    tags,
    customPropertyDefinitions,
    licence,
    virtualProxyAt: (prefix, nodeId) =>
      virtualProxiesOf(nodeId).find((one) => one.prefix === prefix),
    virtualProxiesOf,
    link,
    findResource,
    decide: (question) =>
      decide(question, {
        rules: systemRules.list(),
        find: findResource,
        attributesAreProperties: attributesAreProperties(),
      }),
    findUser,
    provideUser: (name) => findUser(name) ?? users.add(newUser(name)),
    onVirtualProxyChange: (listener) =>
      onVirtualProxyChange({ virtualProxies, proxyServices }, listener),
  }
}
