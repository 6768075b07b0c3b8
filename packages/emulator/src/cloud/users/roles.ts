import { tenantAdminRoleId, toRoleList } from '../state/role-list.ts'
import type { CloudState, CloudUser } from '../state/state.ts'

/** The user's own roles, those of their groups, and those of everybody. */
function rolesOf(state: CloudState, user: CloudUser): readonly string[] {
  const ofGroups = user.groupIds.flatMap((id) => state.groups.get(id)?.roleIds ?? [])
  return [...user.roleIds, ...ofGroups, ...state.settings.everyoneRoleIds]
}

export function hasRole(state: CloudState, user: CloudUser, name: string): boolean {
  return toRoleList(rolesOf(state, user)).some((one) => one.name === name)
}

export function isTenantAdmin(state: CloudState, user: CloudUser): boolean {
  return rolesOf(state, user).includes(tenantAdminRoleId)
}
