import type { Resource } from '../administration/listing.ts'
import type { Cloud } from '../cloud.ts'
import { toRoleList } from '../state/role-list.ts'
import type { CloudUser } from '../state/state.ts'

/** A user as `/api/v1/users` shows them (qlik-cloud.md §2.4). */
export function toUserResource(cloud: Cloud, base: string, user: CloudUser): Resource {
  const { tenantId, groups } = cloud.state
  const { clientId, picture, preferredLocale, preferredZoneinfo, inviteExpiry } = user
  return {
    id: user.id,
    tenantId,
    ...(clientId === undefined ? {} : { clientId }),
    status: user.status,
    subject: user.subject,
    name: user.name,
    email: user.email,
    ...(picture === undefined ? {} : { picture }),
    ...(preferredLocale === undefined ? {} : { preferredLocale }),
    ...(preferredZoneinfo === undefined ? {} : { preferredZoneinfo }),
    ...(inviteExpiry === undefined ? {} : { inviteExpiry }),
    assignedRoles: toRoleList(user.roleIds),
    assignedGroups: user.groupIds.flatMap((id) => {
      const group = groups.get(id)
      return group === undefined
        ? []
        : [
            {
              id,
              name: group.name,
              providerType: group.providerType,
              assignedRoles: toRoleList(group.roleIds),
            },
          ]
    }),
    createdAt: user.createdAt,
    lastUpdatedAt: user.lastUpdatedAt,
    links: { self: { href: `${base}/api/v1/users/${user.id}` } },
  }
}
