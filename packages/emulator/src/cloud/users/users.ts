import { Hono } from 'hono'
import { cursorPaging, toPage } from '../administration/paging.ts'
import { parseFilter } from '../administration/scim-filter.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller, requireAdministrator, requireUser } from '../guards.ts'
import { baseUrlOf } from '../host-check.ts'
import { endSessionsWhere } from '../sessions/sessions.ts'
import type { CloudUser } from '../state.ts'

const notFound = { status: 404, code: 'USERS-7', title: 'Not found' }
const badRequest = { status: 400, code: 'USERS-400', title: 'Bad request' }
const adminRole = { name: 'TenantAdmin', type: 'default', level: 'admin' }

function toResource(cloud: Cloud, base: string, user: CloudUser) {
  const { tenantId, groups } = cloud.state
  return {
    id: user.id,
    tenantId,
    status: 'active',
    subject: user.subject,
    name: user.name,
    email: user.email,
    assignedRoles: user.isAdmin ? [{ id: '000000000000000000000010', ...adminRole }] : [],
    assignedGroups: user.groupIds.flatMap((id) => {
      const group = groups.get(id)
      return group === undefined
        ? []
        : [{ id, name: group.name, providerType: group.providerType, assignedRoles: [] }]
    }),
    createdAt: user.createdAt,
    lastUpdatedAt: user.lastUpdatedAt,
    links: { self: { href: `${base}/api/v1/users/${user.id}` } },
  }
}

/** `/api/v1/users` (qlik-cloud.md §2.4, §5.4): oneself for everybody, all users for administrators. */
export function userRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .get('/me', (c) => {
      const { user } = knownCaller(c)
      if (cloud.switches.get().usersMeStatus === 200)
        return c.json(toResource(cloud, baseUrlOf(c.env.incoming), user))
      // The query stays behind: an origin that sends its integration's ID in the query alone is judged without it.
      const location = `/api/v1/users/${user.id}`
      c.header('location', location)
      return c.html(`<a href="${location}">Moved Permanently</a>.`, 301)
    })
    .get('/', requireAdministrator('number'), (c) => {
      const text = c.req.query('filter')
      const attributes = ['id', 'subject', 'name', 'email', 'status']
      const filter = text === undefined ? () => true : parseFilter(text, attributes)
      if (filter === undefined)
        return fail(c, { ...badRequest, detail: 'The filter is not understood' }, 'number')
      const base = baseUrlOf(c.env.incoming)
      const all = [...cloud.state.users.values()].map((user) => toResource(cloud, base, user))
      const page = toPage(c, all.filter(filter), cursorPaging)
      return 'flaw' in page ? fail(c, { ...badRequest, detail: page.flaw }, 'number') : c.json(page)
    })
    .get('/:id', (c) => {
      const id = c.req.param('id')
      const { user: self } = knownCaller(c)
      // Others get 403 whether the user exists or not, so that nobody can try out IDs.
      if (self.id !== id && !self.isAdmin) return fail(c, adminOnly, 'number')
      const user = cloud.state.users.get(id)
      if (user === undefined) return fail(c, notFound, 'number')
      return c.json(toResource(cloud, baseUrlOf(c.env.incoming), user))
    })
    .delete('/:id', requireAdministrator('number'), (c) => {
      const user = cloud.state.users.get(c.req.param('id'))
      if (user === undefined) return fail(c, notFound, 'number')
      if (user.isAdmin)
        return fail(
          c,
          { ...badRequest, detail: 'The last administrator cannot be deleted' },
          'number',
        )
      cloud.state.users.delete(user.id)
      endSessionsWhere(cloud.state, (one) => one.userId === user.id, 'The user was deleted')
      cloud.engine.closeSessionsOf(user.id)
      return c.body(null, 204)
    })
}
