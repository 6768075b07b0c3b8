import type { Resource } from '../administration/listing.ts'
import type { Cloud, KnownCaller } from '../cloud.ts'
import { type Assignment, assignableRoles, type Space } from '../state/space.ts'
import { assignmentsOf } from './access.ts'

/** Whether somebody may change a space and its assignments. */
export function managesSpace(cloud: Cloud, caller: KnownCaller, space: Space): boolean {
  if (caller.isAdmin || space.ownerId === caller.user.id) return true
  return assignmentsOf(cloud, space.id, caller.user).some((one) =>
    one.roles.includes('facilitator'),
  )
}

export function seesSpace(cloud: Cloud, caller: KnownCaller, space: Space): boolean {
  return (
    managesSpace(cloud, caller, space) || assignmentsOf(cloud, space.id, caller.user).length > 0
  )
}

/** A space as an answer shows it, with what the caller may do there. */
export function toSpaceResource(
  cloud: Cloud,
  base: string,
  caller: KnownCaller,
  space: Space,
): Resource {
  const { id, name, description, type, ownerId, createdAt, createdBy, updatedAt } = space
  const own = assignmentsOf(cloud, id, caller.user).flatMap((one) => one.roles)
  const self = `${base}/api/v1/spaces/${id}`
  return {
    id,
    type,
    ownerId,
    tenantId: cloud.state.tenantId,
    name,
    description,
    createdAt,
    createdBy,
    updatedAt,
    meta: {
      actions: managesSpace(cloud, caller, space) ? ['read', 'update', 'delete'] : ['read'],
      roles: [...new Set(own)],
      assignableRoles: assignableRoles[type],
    },
    links: { self: { href: self }, assignments: { href: `${self}/assignments` } },
  }
}

/** An assignment as an answer shows it. */
export function toAssignmentResource(cloud: Cloud, base: string, one: Assignment): Resource {
  const space = `${base}/api/v1/spaces/${one.spaceId}`
  return {
    id: one.id,
    type: one.type,
    assigneeId: one.assigneeId,
    roles: one.roles,
    spaceId: one.spaceId,
    tenantId: cloud.state.tenantId,
    createdAt: one.createdAt,
    createdBy: one.createdBy,
    updatedAt: one.updatedAt,
    updatedBy: one.updatedBy,
    links: { self: { href: `${space}/assignments/${one.id}` }, space: { href: space } },
  }
}
