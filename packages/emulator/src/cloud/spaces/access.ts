import { type Cloud, type KnownCaller, toEngineUser } from '../cloud.ts'
import { type Assignment, openingRoles } from '../state/space.ts'
import type { CloudUser } from '../state/state.ts'

function isAssigned(assignment: Assignment, user: CloudUser): boolean {
  if (assignment.type !== 'group') return assignment.assigneeId === user.id
  return user.groupIds.includes(assignment.assigneeId)
}

/** The assignments of a space that are this user's, of their own or by a group. */
export function assignmentsOf(
  cloud: Cloud,
  spaceId: string,
  user: CloudUser,
): readonly Assignment[] {
  return [...cloud.state.assignments.values()].filter(
    (one) => one.spaceId === spaceId && isAssigned(one, user),
  )
}

function takesEffect(cloud: Cloud, assignment: Assignment, counts: boolean): boolean {
  if (cloud.clock.now().getTime() < assignment.effectiveFromMs) return false
  if (assignment.refusalsLeft === 0) return true
  if (counts) assignment.refusalsLeft -= 1
  return false
}

/**
 * Whether the space of an app, if it is in one, lets somebody open it.
 *
 * @param counts whether it is opened now: the refusals after an assignment run down
 */
export function mayOpenBySpace(
  cloud: Cloud,
  appId: string,
  caller: KnownCaller,
  counts: boolean,
): boolean {
  const place = cloud.state.appPlaces.get(appId)
  const space = place && cloud.state.spaces.get(place.spaceId)
  if (space === undefined || caller.isAdmin || space.ownerId === caller.user.id) return true
  return openingAssignments(cloud, space.id, caller).some((one) => takesEffect(cloud, one, counts))
}

function openingAssignments(cloud: Cloud, spaceId: string, { user }: KnownCaller) {
  return assignmentsOf(cloud, spaceId, user).filter(({ roles }) =>
    roles.some((role) => openingRoles.has(role)),
  )
}

/** The switch by which a space was closed to somebody to whom it is assigned; undefined when it is not. */
export function delayOf(
  cloud: Cloud,
  appId: string,
  caller: KnownCaller,
): 'spaceAccessDelaySec' | 'spaceAccessDelayRequests' | undefined {
  const { appPlaces } = cloud.state
  const assigned = openingAssignments(cloud, appPlaces.get(appId)?.spaceId ?? '', caller)
  if (assigned.length === 0) return undefined
  const isWaiting = assigned.every((one) => cloud.clock.now().getTime() < one.effectiveFromMs)
  return isWaiting ? 'spaceAccessDelaySec' : 'spaceAccessDelayRequests'
}

/** Why an app is closed to somebody; undefined when it is open. */
export type AppRefusal = 'no-app' | 'space' | 'section-access'

/**
 * Who may open an app: an app that is in no space is open to all, and section access decides; one in a
 * space needs an assignment too, which may take effect with a delay.
 *
 * @param options.counts false only to look, as lists do: the refusals after an assignment do not run down
 */
export function checkAppAccess(
  cloud: Cloud,
  appId: string,
  caller: KnownCaller,
  options: { counts: boolean } = { counts: true },
): AppRefusal | undefined {
  if (!cloud.engine.hasApp(appId)) return 'no-app'
  if (!mayOpenBySpace(cloud, appId, caller, options.counts)) return 'space'
  const user = toEngineUser(cloud.state, caller)
  return cloud.engine.mayOpen(appId, user) ? undefined : 'section-access'
}
