import type { Cloud } from '../cloud.ts'
import { newHexId } from '../state/identifiers.ts'
import type { AuthenticatedPerson } from '../state/people.ts'
import type { CloudState, CloudUser } from '../state/state.ts'
import type { SwitchName } from '../switch-definitions.ts'
import { createGroup } from '../users/group.ts'
import { type Refusal, type RefusalKind, refuse } from './refusals.ts'
import { claimOf, type Draft, isRefusal } from './rule.ts'

/** A group name of a token becomes a group of the tenant while `autoCreateGroups` is on. */
function enterGroups(cloud: Cloud, names: readonly string[], at: string): string[] {
  const { groups, settings } = cloud.state
  const creates = settings.autoCreateGroups
  if (!creates && cloud.switches.get().groupsWhileCreationIsOff === 'none') return []
  const byName = new Map([...groups.values()].map((group) => [group.name, group.id]))
  const ids: string[] = []
  for (const name of new Set(names)) {
    let id = byName.get(name)
    if (id === undefined && creates) {
      id = newHexId()
      groups.set(id, createGroup({ id, name, providerType: 'idp', at, by: 'system' }))
    }
    if (id !== undefined) ids.push(id)
  }
  return ids
}

function hasOtherActiveUser(state: CloudState, subject: string, email: string): boolean {
  for (const user of state.users.values()) {
    const isSame = email !== '' && user.email.toLowerCase() === email.toLowerCase()
    if (isSame && user.subject !== subject && user.status === 'active') return true
  }
  return false
}

/** What differs between the two ways to log in. */
export interface AdmissionRules {
  readonly refuseSameEmail: boolean
  readonly refuseExpiredInvitation: boolean
  readonly refresh: boolean
}

/** The user of a person: found by subject, made at the first log-in, kept out where a rule says so. */
export function admit(
  cloud: Cloud,
  person: AuthenticatedPerson,
  rules: AdmissionRules,
): CloudUser | Refusal {
  const { state } = cloud
  const now = cloud.clock.now()
  const at = now.toISOString()
  const { subject, name, email } = person
  const known = [...state.users.values()].find((one) => one.subject === subject)
  if (known?.status === 'disabled') return refuse('disabled-user')
  const isExpired = (known?.inviteExpiry ?? Number.POSITIVE_INFINITY) <= now.getTime() / 1000
  if (isExpired && rules.refuseExpiredInvitation) return refuse('invite-expired')
  if (rules.refuseSameEmail && hasOtherActiveUser(state, subject, email))
    return refuse('same-email')
  if (known === undefined) {
    const user: CloudUser = {
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
    return user
  }
  const isFirst = known.status === 'invited'
  if (isFirst) {
    known.status = 'active'
    delete known.inviteExpiry
  }
  if (rules.refresh || isFirst) {
    known.name = name
    known.email = email
    known.lastUpdatedAt = at
  }
  return known
}

/** Refusals of a log-in by token that a switch decides. */
const decidedAtTokens: Readonly<Partial<Record<RefusalKind, SwitchName>>> = {
  'same-email': 'refuseSameEmail',
  'invite-expired': 'invitedUserLogin',
}

/** The user of an accepted token, with the groups that it names. */
export function enterUser(cloud: Cloud, draft: Draft): CloudUser | Refusal {
  const switches = cloud.switches.get()
  const email = claimOf(draft, 'email')
  const person = {
    subject: String(claimOf(draft, 'sub')),
    name: String(claimOf(draft, 'name')),
    email: typeof email === 'string' ? email : '',
  }
  const user = admit(cloud, person, {
    refuseSameEmail: switches.refuseSameEmail,
    refuseExpiredInvitation: switches.invitedUserLogin === 'refused-when-expired',
    refresh: switches.refreshUserAtLogin,
  })
  if (isRefusal(user)) {
    const decidedBy = decidedAtTokens[user.kind]
    return decidedBy === undefined ? user : { ...user, decidedBy }
  }
  // Only `groups` is read: `group`, which people write by mistake, is dropped without a word, as at Qlik.
  const groups = claimOf(draft, 'groups')
  const at = cloud.clock.now().toISOString()
  if (Array.isArray(groups)) user.groupIds = enterGroups(cloud, groups.map(String), at)
  else if (switches.missingGroupsClaim === 'removes') user.groupIds = []
  return user
}
