import { Hono } from 'hono'
import { toEpochSeconds } from '../../control/clock.ts'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import {
  answerFilterAction,
  answerList,
  type Listing,
  pickFields,
} from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller, requireAdministrator, requireUser } from '../guards.ts'
import { endSessionsWhere } from '../sessions/sessions.ts'
import { parseRoles, tenantAdminRoleId } from '../state/role-list.ts'
import { createUser, inviteUsers } from './invite.ts'
import { isTenantAdmin } from './roles.ts'
import { parseUserPatch } from './user-changes.ts'
import { toUserResource } from './user-resource.ts'

const notFound = { status: 404, code: 'USERS-7', title: 'Not found' }
const badRequest = { status: 400, code: 'USERS-400', title: 'Bad request' }
const listing: Listing = {
  paging: cursorPaging,
  style: 'number',
  badRequest,
  filterBy: ['id', 'subject', 'name', 'email', 'status', 'clientId'],
  sortBy: ['name', 'id', 'tenantId', 'clientId', 'status', 'subject', 'email', 'createdAt'],
}

/** Reads what `POST /api/v1/users` was sent; a string says what is wrong. */
function parseNewUser(
  cloud: Cloud,
  body: unknown,
):
  | string
  | {
      subject: string
      name: string
      email: string
      picture: string | undefined
      status: 'active' | 'invited'
      roleIds: readonly string[]
    } {
  if (!isObject(body)) return 'The body must be a JSON object'
  const { subject, name, email, picture, status, tenantId, assignedRoles } = body
  for (const [key, value] of Object.entries({ subject, name, email, picture }))
    if (value !== undefined && typeof value !== 'string') return `${key} must be a string`
  if (typeof subject !== 'string' || subject === '') return 'subject is required'
  if (status !== undefined && status !== 'invited' && status !== 'active')
    return 'status must be invited or active'
  if (tenantId !== undefined && tenantId !== cloud.state.tenantId)
    return 'tenantId is not that of this tenant'
  const roleIds = assignedRoles === undefined ? [] : parseRoles(assignedRoles)
  if (roleIds === undefined) return 'assignedRoles has a role that is not known'
  return {
    subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    email: typeof email === 'string' ? email : '',
    picture: typeof picture === 'string' ? picture : undefined,
    status: status ?? 'invited',
    roleIds,
  }
}

/** `/api/v1/users` (qlik-cloud.md §2.4, §5.4): oneself for everybody, all users for administrators. */
export function userRoutes(cloud: Cloud): Hono<CloudEnv> {
  const all = (base: string) =>
    [...cloud.state.users.values()].map((user) => toUserResource(cloud, base, user))
  const isLastAdministrator = (id: string) =>
    ![...cloud.state.users.values()].some(
      (user) => user.id !== id && user.status === 'active' && isTenantAdmin(cloud.state, user),
    )
  const lastAdministrator = {
    ...badRequest,
    detail: 'The last administrator cannot be deleted, disabled or left without the role',
  }
  const end = (userId: string, reason: string) => {
    endSessionsWhere(cloud.state, (one) => one.userId === userId, reason)
    cloud.engine.closeSessionsOf(userId)
  }
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .get('/me', (c) => {
      const { user } = knownCaller(c)
      if (cloud.switches.get().usersMeStatus === 200)
        return c.json(toUserResource(cloud, baseUrlOf(c.env.incoming), user))
      // The query stays behind: an origin that sends its integration's ID in the query alone is checked without it.
      const location = `/api/v1/users/${user.id}`
      c.header('location', location)
      return c.html(`<a href="${location}">Moved Permanently</a>.`, 301)
    })
    .get('/', requireAdministrator('number'), (c) =>
      answerList(cloud, c, all(baseUrlOf(c.env.incoming)), listing),
    )
    .post('/', requireAdministrator('number'), async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const values = parseNewUser(cloud, body.value)
      if (typeof values === 'string') return fail(c, { ...badRequest, detail: values }, 'number')
      if ([...cloud.state.users.values()].some((user) => user.subject === values.subject))
        return fail(
          c,
          {
            status: 409,
            code: 'USERS-409',
            title: 'Conflict',
            detail: 'A user has this subject',
            pointer: '/subject',
          },
          'number',
        )
      const user = createUser(cloud, values)
      return c.json(toUserResource(cloud, baseUrlOf(c.env.incoming), user), 201)
    })
    .get('/actions/count', requireAdministrator('number'), (c) =>
      c.json({ total: cloud.state.users.size }),
    )
    .post('/actions/filter', requireAdministrator('number'), (c) =>
      answerFilterAction(cloud, c, () => all(baseUrlOf(c.env.incoming)), listing),
    )
    .post('/actions/invite', requireAdministrator('number'), async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const data = inviteUsers(cloud, body.value)
      if (typeof data === 'string') return fail(c, { ...badRequest, detail: data }, 'number')
      return c.json({ data }, 207)
    })
    .get('/:id', (c) => {
      const id = c.req.param('id')
      const caller = knownCaller(c)
      // Others get 403 whether the user exists or not, so that nobody can try out IDs.
      if (caller.user.id !== id && !caller.isAdmin) return fail(c, adminOnly, 'number')
      const user = cloud.state.users.get(id)
      if (user === undefined) return fail(c, notFound, 'number')
      const resource = toUserResource(cloud, baseUrlOf(c.env.incoming), user)
      return c.json(pickFields(resource, c.req.query('fields')))
    })
    .patch('/:id', requireAdministrator('number'), async (c) => {
      const user = cloud.state.users.get(c.req.param('id'))
      if (user === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const now = cloud.clock.now()
      const change = parseUserPatch(cloud.state, user, body.value, toEpochSeconds(now))
      if ('flaw' in change)
        return fail(c, { ...badRequest, detail: change.flaw, pointer: change.pointer }, 'number')
      const losesRole = change.roleIds?.includes(tenantAdminRoleId) === false
      const losesRight = change.status === 'disabled' || losesRole
      if (losesRight && isTenantAdmin(cloud.state, user) && isLastAdministrator(user.id))
        return fail(c, lastAdministrator, 'number')
      Object.assign(user, change)
      user.lastUpdatedAt = now.toISOString()
      if (user.status !== 'invited') delete user.inviteExpiry
      if (user.status === 'disabled') end(user.id, 'The user was disabled')
      return c.body(null, 204)
    })
    .delete('/:id', requireAdministrator('number'), (c) => {
      const user = cloud.state.users.get(c.req.param('id'))
      if (user === undefined) return fail(c, notFound, 'number')
      if (isTenantAdmin(cloud.state, user) && isLastAdministrator(user.id))
        return fail(c, lastAdministrator, 'number')
      cloud.state.users.delete(user.id)
      end(user.id, 'The user was deleted')
      return c.body(null, 204)
    })
}
