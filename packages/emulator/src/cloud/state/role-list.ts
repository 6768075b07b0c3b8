interface Role {
  readonly id: string
  readonly name: string
  readonly type: 'default'
  readonly level: 'admin' | 'user'
}

function role(number: number, name: string, level: Role['level']): Role {
  return { id: String(number).padStart(24, '0'), name, type: 'default', level }
}

/** Qlik's default roles by name; the IDs are the emulator's own. */
const roles: readonly Role[] = [
  role(10, 'TenantAdmin', 'admin'),
  role(11, 'AnalyticsAdmin', 'admin'),
  role(12, 'AuditAdmin', 'admin'),
  role(13, 'DataAdmin', 'admin'),
  role(14, 'Developer', 'user'),
  role(15, 'SharedSpaceCreator', 'user'),
  role(16, 'ManagedSpaceCreator', 'user'),
  role(17, 'DataSpaceCreator', 'user'),
  role(18, 'PrivateAnalyticsContentCreator', 'user'),
]

export const tenantAdminRoleId = role(10, 'TenantAdmin', 'admin').id

/** Roles as answers show them. */
export function toRoleList(ids: readonly string[]): readonly Role[] {
  return roles.filter(({ id }) => ids.includes(id))
}

/** Reads `[{ id }]` or `[{ name }]`; undefined when one is not known. */
export function parseRoles(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const ids: string[] = []
  for (const entry of value as unknown[]) {
    const { id, name } = Object(entry) as { id?: unknown; name?: unknown }
    const found = roles.find((one) => one.id === id || (id === undefined && one.name === name))
    if (found === undefined) return undefined
    ids.push(found.id)
  }
  return [...new Set(ids)]
}
