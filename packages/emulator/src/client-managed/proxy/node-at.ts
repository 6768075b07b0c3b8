import type { ProxySettings } from '../repository/nodes.ts'
import type { Repository } from '../repository/repository.ts'

/** A node, 0 for the central one, with the settings of its proxy service. */
export function nodeAt(
  { nodes, proxyServices }: Repository,
  index: number,
): { readonly nodeId: string; readonly settings: ProxySettings } {
  const node = nodes.list()[index]
  const service = proxyServices
    .list()
    .find(({ serverNodeConfiguration: { id } }) => id === node?.id)
  if (node === undefined || service === undefined)
    throw new TypeError(`there is no proxy service on node ${index}`)
  return { nodeId: node.id, settings: service.settings }
}
