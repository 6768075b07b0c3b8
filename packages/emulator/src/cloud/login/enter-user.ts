import type { Cloud } from '../cloud.ts'
import { newHexId } from '../identifiers.ts'
import type { CloudState, CloudUser } from '../state.ts'
import { createGroup } from '../users/group.ts'
import { type Refusal, refuse } from './refusals.ts'
import { claimOf, type Draft } from './rule.ts'

/** A group name of a token becomes a group of the tenant while `autoCreateGroups` is on. */
function enterGroups(state: CloudState, names: readonly string[], at: string): string[] {
  const byName = new Map([...state.groups.values()].map((group) => [group.name, group.id]))
  const ids: string[] = []
  for (const name of new Set(names)) {
    let id = byName.get(name)
    if (id === undefined && state.settings.autoCreateGroups) {
      id = newHexId()
      state.groups.set(id, createGroup({ id, name, providerType: 'idp', at, by: 'system' }))
    }
    if (id !== undefined) ids.push(id)
  }
  return ids
}

function hasOtherUserWithEmail(state: CloudState, subject: string, email: string): boolean {
  for (const user of state.users.values())
    if (user.subject !== subject && user.email.toLowerCase() === email.toLowerCase()) return true
  return false
}

/** The user of an accepted token: found by subject, made at the first login. */
export function enterUser(cloud: Cloud, draft: Draft): CloudUser | Refusal {
  const { state } = cloud
  const switches = cloud.switches.get()
  const at = cloud.clock.now().toISOString()
  const subject = String(claimOf(draft, 'sub'))
  const name = String(claimOf(draft, 'name'))
  const email = String(claimOf(draft, 'email'))
  if (switches.refuseSameEmail && hasOtherUserWithEmail(state, subject, email))
    return refuse('same-email')

  let user: CloudUser | undefined
  for (const one of state.users.values()) if (one.subject === subject) user = one
  if (user === undefined) {
    user = {
      id: newHexId(),
      subject,
      name,
      email,
      status: 'active',
      roleIds: [],
      groupIds: [],
      createdAt: at,
      lastUpdatedAt: at,
    }
    state.users.set(user.id, user)
  } else if (switches.refreshUserAtLogin) {
    user.name = name
    user.email = email
    user.lastUpdatedAt = at
  }
  // Only `groups` is read: `group`, which people write by mistake, is dropped without a word, as at Qlik.
  const groups = claimOf(draft, 'groups')
  if (Array.isArray(groups)) user.groupIds = enterGroups(state, groups.map(String), at)
  else if (switches.missingGroupsClaim === 'removes') user.groupIds = []
  return user
}
