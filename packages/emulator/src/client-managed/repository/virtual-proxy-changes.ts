import { isDeepStrictEqual } from 'node:util'
import type { Collection } from './collection.ts'
import type { ProxyService } from './nodes.ts'
import type { VirtualProxyConfig } from './virtual-proxy.ts'

/** What happened to a virtual proxy: sessions on it may not outlive that. */
export type VirtualProxyChange =
  | {
      readonly kind: 'changed'
      readonly virtualProxyId: string
      /** The names of the fields that differ now. */
      readonly fields: readonly string[]
    }
  | { readonly kind: 'removed'; readonly virtualProxyId: string }
  | {
      readonly kind: 'linked' | 'unlinked'
      readonly virtualProxyId: string
      readonly nodeId: string
    }

/** The fields that say who changed an entity and when. */
const bookkeeping: readonly string[] = ['modifiedDate', 'modifiedByUserName']

function changedFields(before: VirtualProxyConfig, after: VirtualProxyConfig): string[] {
  const old: Readonly<Record<string, unknown>> = { ...before }
  return Object.entries(after).flatMap(([name, value]) =>
    bookkeeping.includes(name) || isDeepStrictEqual(value, old[name]) ? [] : [name],
  )
}

function linksOf(service: ProxyService | undefined): string[] {
  return service?.settings.virtualProxies.map(({ id }) => id) ?? []
}

/** Calls a listener when a virtual proxy or one of its links changed; gives what ends that. */
export function onVirtualProxyChange(
  data: {
    virtualProxies: Collection<VirtualProxyConfig>
    proxyServices: Collection<ProxyService>
  },
  listener: (change: VirtualProxyChange) => void,
): () => void {
  const endings = [
    data.virtualProxies.onChange((change) => {
      if (change.kind === 'removed') listener({ kind: 'removed', virtualProxyId: change.before.id })
      if (change.kind !== 'replaced') return
      const fields = changedFields(change.before, change.entity)
      if (fields.length > 0) listener({ kind: 'changed', virtualProxyId: change.entity.id, fields })
    }),
    data.proxyServices.onChange((change) => {
      const before = linksOf(change.kind === 'added' ? undefined : change.before)
      const after = linksOf(change.kind === 'removed' ? undefined : change.entity)
      const service = change.kind === 'removed' ? change.before : change.entity
      const nodeId = service.serverNodeConfiguration.id
      for (const virtualProxyId of after.filter((id) => !before.includes(id)))
        listener({ kind: 'linked', virtualProxyId, nodeId })
      for (const virtualProxyId of before.filter((id) => !after.includes(id)))
        listener({ kind: 'unlinked', virtualProxyId, nodeId })
    }),
  ]
  return () => {
    for (const end of endings) end()
  }
}
