import { apps, streams } from './content.ts'
import type { EntityType } from './entity-type.ts'
import { customProperties, tags } from './labels.ts'
import { analyzerAccess, professionalAccess } from './licences.ts'
import { proxyServices, serverNodes, serviceStatuses } from './nodes.ts'
import { systemRules } from './rules.ts'
import { users } from './users.ts'
import { virtualProxies } from './virtual-proxies.ts'

/** Every type of entities that QRS has addresses for. */
export const entityTypes: readonly EntityType[] = [
  virtualProxies,
  proxyServices,
  serverNodes,
  serviceStatuses,
  users,
  apps,
  streams,
  systemRules,
  tags,
  customProperties,
  professionalAccess,
  analyzerAccess,
]

/** The type with a name in any case: `VirtualProxyConfig`. */
export function entityTypeOf(type: string): EntityType | undefined {
  return entityTypes.find((one) => one.type.toLowerCase() === type.toLowerCase())
}
