import { isObject } from '../../../values/index.ts'
import { qlikErrors } from '../../errors.ts'
import { idSegment } from '../../id-segment.ts'
import type {
  NewSecurityRule,
  NewVirtualProxy,
  ProxyService,
  RepositoryEntity,
  RepositoryUser,
  SecurityRule,
  ServerNode,
  Tag,
  VirtualProxy,
} from './entities.ts'
import { createQrsCalls, type QrsCalls, type RepositoryOptions } from './qrs-calls.ts'

/** The calls of the repository of client-managed Qlik (QRS). Each throws the errors of the part. */
export interface Repository {
  /** Its release, such as `30.4.0.0`. */
  getVersion(): Promise<string>
  listVirtualProxies(): Promise<readonly VirtualProxy[]>
  getVirtualProxy(id: string): Promise<VirtualProxy>
  createVirtualProxy(virtualProxy: NewVirtualProxy): Promise<VirtualProxy>
  /**
   * Sends a virtual proxy whole, as it was read, with changes. When somebody else has changed it meanwhile,
   * the repository refuses (ERR_QLIK_REFUSED, status 409). A change ends the sessions of the virtual proxy.
   */
  updateVirtualProxy(virtualProxy: VirtualProxy): Promise<VirtualProxy>
  deleteVirtualProxy(id: string): Promise<void>
  /** The proxy services of all nodes, each with the virtual proxies that it serves. */
  listProxyServices(): Promise<readonly ProxyService[]>
  /** Makes a proxy service serve a virtual proxy; nothing happens when it does. It may restart the proxy. */
  linkVirtualProxy(proxyServiceId: string, virtualProxyId: string): Promise<void>
  /** Takes a virtual proxy from a proxy service; nothing happens when it does not serve it. */
  unlinkVirtualProxy(proxyServiceId: string, virtualProxyId: string): Promise<void>
  listNodes(): Promise<readonly ServerNode[]>
  /** @param filter in the repository's language: `name eq 'Sales'`; all tags when omitted */
  listTags(filter?: string): Promise<readonly Tag[]>
  createTag(name: string): Promise<Tag>
  deleteTag(id: string): Promise<void>
  /** @param filter in the repository's language: `name sw 'Sales'`; all rules when omitted */
  listSecurityRules(filter?: string): Promise<readonly SecurityRule[]>
  createSecurityRule(rule: NewSecurityRule): Promise<SecurityRule>
  /** Sends a rule whole, as it was read, with changes; refused (409) like `updateVirtualProxy`. */
  updateSecurityRule(rule: SecurityRule): Promise<SecurityRule>
  deleteSecurityRule(id: string): Promise<void>
  /** What the caller may do with an entity, such as `read` and `update`; undefined where the server does not say. */
  readPrivileges(
    type: 'virtualproxyconfig' | 'proxyservice',
    id: string,
  ): Promise<readonly string[] | undefined>
  /** @param filter in the repository's language: `userId eq 'ada'`; all users when omitted */
  listUsers(filter?: string): Promise<readonly RepositoryUser[]>
}

/**
 * Speaks to the repository of client-managed Qlik (QRS), by one of two ways: with a client certificate at its
 * own port, in the name of any user; or as a service user through a virtual proxy with JWT, who needs no
 * certificate and may do what the security rules allow.
 *
 * @param options.session of the service user; or
 * @param options.url the repository's own port, such as `https://central.acme.example:4242`, with
 * @param options.user `{ directory, id }` in whose name, such as INTERNAL and sa_api, and
 * @param options.fetch of a transport with the client certificate; the runtime's when omitted
 * @param options.timeoutMs for each call, 10000 when omitted, 1 to 300000
 * @param options.signal gives up every call when it aborts
 * @throws ERR_QLIK_OPTION for a wrong option; each call throws the errors of the part
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Repository Service API
 * @example
 * import { type ClientCertificate, createRepository, createTransport } from 'jotgate/qlik'
 *
 * async function listPrefixes(ca: string, clientCertificate: ClientCertificate) {
 *   const { fetch } = await createTransport({ ca, clientCertificate })
 *   const url = 'https://central.acme.example:4242'
 *   const repository = createRepository({ url, user: { directory: 'INTERNAL', id: 'sa_api' }, fetch })
 *   return (await repository.listVirtualProxies()).map(({ prefix }) => prefix)
 * }
 */
export function createRepository(options: RepositoryOptions): Repository {
  const calls = createQrsCalls(options)
  const list =
    <Entity extends RepositoryEntity>(type: string, isOne: (one: RepositoryEntity) => boolean) =>
    async (filter?: string) => {
      const items = await calls.list(type, filter)
      if (items.every(isOne)) return items as readonly Entity[]
      throw unexpected(`GET /qrs/${type}/full`)
    }
  const one =
    <Entity extends RepositoryEntity>(isOne: (one: Fields) => boolean) =>
    async (call: Parameters<QrsCalls['send']>[0]) => {
      const value = await calls.send(call)
      if (isObject(value) && typeof value.id === 'string' && isOne(value))
        return value as unknown as Entity
      throw unexpected(`${call.method} ${call.path}`)
    }
  const sendVirtualProxy = one<VirtualProxy>(isVirtualProxy)
  const sendRule = one<SecurityRule>(isRule)
  const remove = async (type: string, id: string) => {
    await calls.send({ method: 'DELETE', path: pathOf(type, id) })
  }
  return Object.freeze({
    async getVersion() {
      const about = await calls.send({ method: 'GET', path: '/qrs/about' })
      if (isObject(about) && typeof about.buildVersion === 'string') return about.buildVersion
      throw unexpected('GET /qrs/about')
    },
    listVirtualProxies: () => list<VirtualProxy>('virtualproxyconfig', isVirtualProxy)(),
    getVirtualProxy: async (id: string) =>
      sendVirtualProxy({ method: 'GET', path: pathOf('virtualproxyconfig', id) }),
    createVirtualProxy: (body: NewVirtualProxy) =>
      sendVirtualProxy({ method: 'POST', path: '/qrs/virtualproxyconfig', body }),
    updateVirtualProxy: async (body: VirtualProxy) =>
      sendVirtualProxy({ method: 'PUT', path: pathOf('virtualproxyconfig', body.id), body }),
    deleteVirtualProxy: (id: string) => remove('virtualproxyconfig', id),
    listProxyServices: () => list<ProxyService>('proxyservice', isProxyService)(),
    linkVirtualProxy: (serviceId: string, id: string) =>
      changeLinks(calls, serviceId, (linked) =>
        linked.some((one) => one.id === id) ? linked : [...linked, { id: idSegment(id) }],
      ),
    unlinkVirtualProxy: (serviceId: string, id: string) =>
      changeLinks(calls, serviceId, (linked) =>
        linked.some((one) => one.id === id) ? linked.filter((one) => one.id !== id) : linked,
      ),
    listNodes: () => list<ServerNode>('servernodeconfiguration', isNode)(),
    listUsers: (filter?: string) => list<RepositoryUser>('user', isUser)(filter),
    listTags: (filter?: string) => list<Tag>('tag', isTag)(filter),
    createTag: (name: string) =>
      one<Tag>(isTag)({ method: 'POST', path: '/qrs/tag', body: { name } }),
    deleteTag: (id: string) => remove('tag', id),
    listSecurityRules: (filter?: string) => list<SecurityRule>('systemrule', isRule)(filter),
    createSecurityRule: (rule: NewSecurityRule) =>
      sendRule({
        method: 'POST',
        path: '/qrs/systemrule',
        body: { category: 'Security', type: 'Custom', schemaPath: 'SystemRule', ...rule },
      }),
    updateSecurityRule: async (body: SecurityRule) =>
      sendRule({ method: 'PUT', path: pathOf('systemrule', body.id), body }),
    deleteSecurityRule: (id: string) => remove('systemrule', id),
    async readPrivileges(type: string, id: string) {
      const query = { privileges: 'true' }
      const path = pathOf(type, id)
      const value = await calls.send({ method: 'GET', path, query })
      const privileges = isObject(value) ? value.privileges : undefined
      return Array.isArray(privileges)
        ? privileges.map((name) => String(name).toLowerCase())
        : undefined
    },
  })
}

/** Any other call of the repository, by the same ways; gives the answer's JSON. */
export function callRepository(
  options: RepositoryOptions,
  call: Parameters<QrsCalls['send']>[0],
): Promise<unknown> {
  return createQrsCalls(options).send(call)
}

const pathOf = (type: string, id: unknown) => `/qrs/${type}/${idSegment(id)}`

const unexpected = (call: string) =>
  qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'lacks fields that every such entity has' })

/** The repository resets what an update omits, so the whole entity goes back, with the one list changed. */
async function changeLinks(
  calls: QrsCalls,
  serviceId: string,
  change: (linked: readonly { id: string }[]) => readonly { id: string }[],
): Promise<void> {
  const path = pathOf('proxyservice', serviceId)
  const service = await calls.send({ method: 'GET', path })
  if (!isObject(service) || !isProxyService(service)) throw unexpected(`GET ${path}`)
  const { settings } = service as unknown as ProxyService
  const virtualProxies = change(settings.virtualProxies)
  if (virtualProxies === settings.virtualProxies) return
  const body = { ...service, settings: { ...settings, virtualProxies } }
  await calls.send({ method: 'PUT', path, body })
}

type Fields = Readonly<Record<string, unknown>>

const isVirtualProxy = (one: Fields) =>
  typeof one.id === 'string' &&
  typeof one.prefix === 'string' &&
  typeof one.sessionCookieHeaderName === 'string'

const isTag = ({ name }: Fields) => typeof name === 'string'

const isRule = ({ name, rule, resourceFilter, actions }: Fields) =>
  typeof name === 'string' &&
  typeof rule === 'string' &&
  typeof resourceFilter === 'string' &&
  typeof actions === 'number'

const isNode = ({ hostName }: Fields) => typeof hostName === 'string'

const isUser = ({ userId, userDirectory }: Fields) =>
  typeof userId === 'string' && typeof userDirectory === 'string'

function isProxyService({ serverNodeConfiguration: node, settings }: Fields): boolean {
  return (
    isObject(node) &&
    typeof node.hostName === 'string' &&
    isObject(settings) &&
    typeof settings.restListenPort === 'number' &&
    Array.isArray(settings.virtualProxies) &&
    settings.virtualProxies.every((one) => isObject(one) && typeof one.id === 'string')
  )
}
