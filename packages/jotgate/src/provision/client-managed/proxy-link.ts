import type { ActualObject, Kind, Owner } from '../kind.ts'
import { type KindOptions, ownerOfVirtualProxy } from './virtual-proxy.ts'

/** A link is known by both its ends. */
export const keyOfLink = (prefix: string, node: string) => `${prefix} at ${node}`

/**
 * Links of a virtual proxy to the proxy service of a node, without which it does not answer there. A link has no
 * place for a mark: it belongs to whom its virtual proxy belongs.
 */
export function proxyLinkKind({ repository, setupId }: KindOptions): Kind {
  const warning = 'This may restart the proxy of that node, which ends all sessions there.'
  return {
    name: 'proxy link',
    fixed: {},
    unordered: [],
    warnings: { create: warning, delete: warning },
    async list() {
      const [services, virtualProxies] = await Promise.all([
        repository.listProxyServices(),
        repository.listVirtualProxies(),
      ])
      const owners = new Map(
        virtualProxies.map((one): [string, Owner] => {
          const owner = ownerOfVirtualProxy(one, setupId)
          return [one.id, owner === 'unmarked' ? 'deployment' : owner]
        }),
      )
      return services.flatMap((service) =>
        service.settings.virtualProxies.map(({ id, prefix }): ActualObject => {
          const { name } = service.serverNodeConfiguration
          return {
            id: `${service.id} ${id}`,
            key: keyOfLink(prefix, name),
            owner: owners.get(id) ?? 'deployment',
            fields: { virtualProxy: prefix, node: name },
          }
        }),
      )
    },
    async create({ fields }) {
      const [services, virtualProxies] = await Promise.all([
        repository.listProxyServices(),
        repository.listVirtualProxies(),
      ])
      const at = services.find((one) => one.serverNodeConfiguration.name === fields.node)
      const one = virtualProxies.find(({ prefix }) => prefix === fields.virtualProxy)
      await repository.linkVirtualProxy(at?.id ?? '', one?.id ?? '')
    },
    // Its fields are its key: there is nothing that could differ.
    update: () => Promise.resolve(),
    async remove({ id }) {
      const [serviceId = '', virtualProxyId = ''] = id.split(' ')
      await repository.unlinkVirtualProxy(serviceId, virtualProxyId)
    },
  }
}
