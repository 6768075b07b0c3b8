import { isObject } from '../../http/read-body.ts'
import type { Cloud } from '../cloud.ts'
import { newHexId } from '../state/identifiers.ts'
import type { CloudUser } from '../state/state.ts'
import { invitationSeconds } from './user-changes.ts'

const maximumInvitees = 100

/** Makes a user by hand or by an invitation; an invited one becomes active with the first log-in. */
export function createUser(
  cloud: Cloud,
  values: {
    subject: string
    name: string
    email: string
    picture?: string | undefined
    status: 'active' | 'invited'
    roleIds?: readonly string[]
  },
): CloudUser {
  const now = cloud.clock.now()
  const at = now.toISOString()
  const { subject, name, email, picture, status, roleIds = [] } = values
  const inviteExpiry = Math.floor(now.getTime() / 1000) + invitationSeconds
  const user: CloudUser = {
    id: newHexId(),
    subject,
    name,
    email,
    status,
    roleIds,
    groupIds: [],
    ...(status === 'invited' ? { inviteExpiry } : {}),
    ...(picture === undefined ? {} : { picture }),
    createdAt: at,
    lastUpdatedAt: at,
  }
  cloud.state.users.set(user.id, user)
  return user
}

function inviteOne(cloud: Cloud, entry: unknown): Record<string, unknown> {
  const { email, name, resend } = isObject(entry) ? entry : {}
  if (typeof email !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(email))
    return { status: 'error', email: String(email ?? ''), code: '1003', title: 'Invalid e-mail' }
  const known = [...cloud.state.users.values()].find(
    (user) => user.email.toLowerCase() === email.toLowerCase(),
  )
  if (known?.status === 'active')
    return { status: 'error', email, code: '1001', title: 'An active user has this e-mail' }
  if (known?.status === 'disabled')
    return { status: 'error', email, code: '1002', title: 'A disabled user has this e-mail' }
  if (known !== undefined) {
    if (resend === true)
      known.inviteExpiry = Math.floor(cloud.clock.now().getTime() / 1000) + invitationSeconds
    return { status: 'exists', email, subject: known.subject, userId: known.id }
  }
  const user = createUser(cloud, {
    status: 'invited',
    subject: `invited|${newHexId()}`,
    name: typeof name === 'string' ? name : email,
    email,
  })
  return { status: 'ok', email, subject: user.subject, userId: user.id }
}

/** Invites by e-mail: one answer for each. A string says what is wrong with the body. */
export function inviteUsers(cloud: Cloud, body: unknown): readonly unknown[] | string {
  const invitees = isObject(body) ? body.invitees : undefined
  if (!Array.isArray(invitees) || invitees.length === 0 || invitees.length > maximumInvitees)
    return `invitees must be an array of 1 to ${maximumInvitees}`
  return invitees.map((entry) => inviteOne(cloud, entry))
}
