import type { CloudGroup } from '../state/state.ts'

/** A new group. Names of groups are case-sensitive and unique (qlik-cloud.md §1.7). */
export function createGroup(options: {
  id: string
  name: string
  providerType: CloudGroup['providerType']
  at: string
  by: string
  description?: string | undefined
  roleIds?: readonly string[]
}): CloudGroup {
  const { id, name, providerType, at, by, description, roleIds = [] } = options
  return {
    id,
    name,
    providerType,
    ...(description === undefined ? {} : { description }),
    roleIds,
    createdAt: at,
    createdBy: by,
    lastUpdatedAt: at,
    updatedBy: by,
  }
}
