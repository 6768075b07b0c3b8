import { Hono } from 'hono'
import { cursorPaging, toPage } from '../administration/paging.ts'
import { parseReplaceOnly, readJsonBody } from '../administration/request-body.ts'
import { parseFilter } from '../administration/scim-filter.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { requireAdministrator } from '../guards.ts'
import { baseUrlOf } from '../host-check.ts'

const notFound = { status: 404, code: 'GROUPS-7', title: 'Not found' }
const badRequest = { status: 400, code: 'GROUPS-400', title: 'Bad request' }
const everyoneId = '000000000000000000000001'

/** `/api/v1/groups` and its settings (qlik-cloud.md §5.3). */
export function groupRoutes(cloud: Cloud): Hono<CloudEnv> {
  const toResources = (base: string) =>
    [...cloud.state.groups.values()].map((group) => ({
      id: group.id,
      name: group.name,
      tenantId: cloud.state.tenantId,
      status: 'active',
      providerType: group.providerType,
      assignedRoles: [],
      createdAt: group.createdAt,
      lastUpdatedAt: group.createdAt,
      createdBy: group.createdBy,
      updatedBy: group.createdBy,
      links: { self: { href: `${base}/api/v1/groups/${group.id}` } },
    }))
  return new Hono<CloudEnv>()
    .use(requireAdministrator('number'))
    .get('/', (c) => {
      const text = c.req.query('filter')
      const filter = text === undefined ? () => true : parseFilter(text, ['id', 'name'])
      if (filter === undefined)
        return fail(c, { ...badRequest, detail: 'The filter is not understood' }, 'number')
      const page = toPage(c, toResources(baseUrlOf(c.env.incoming)).filter(filter), cursorPaging)
      return 'flaw' in page ? fail(c, { ...badRequest, detail: page.flaw }, 'number') : c.json(page)
    })
    .get('/settings', (c) => {
      const { autoCreateGroups } = cloud.state.settings
      const everyone = { id: everyoneId, name: 'com.qlik.Everyone', enabled: true }
      return c.json({
        tenantId: cloud.state.tenantId,
        autoCreateGroups,
        syncIdpGroups: autoCreateGroups,
        systemGroups: { [everyoneId]: { ...everyone, assignedRoles: [] } },
        links: { self: { href: `${baseUrlOf(c.env.incoming)}/api/v1/groups/settings` } },
      })
    })
    .patch('/settings', async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/autoCreateGroups', '/syncIdpGroups'])
      if ('flaw' in operations)
        return fail(
          c,
          { ...badRequest, detail: operations.flaw, pointer: operations.pointer },
          'number',
        )
      const wrong = operations.find(({ value }) => typeof value !== 'boolean')
      if (wrong !== undefined)
        return fail(c, { ...badRequest, detail: `${wrong.path} must be true or false` }, 'number')
      // syncIdpGroups is the deprecated name of a setting that is no longer read.
      for (const { path, value } of operations)
        if (path === '/autoCreateGroups') cloud.state.settings.autoCreateGroups = value === true
      return c.body(null, 204)
    })
    .get('/:id', (c) => {
      const id = c.req.param('id')
      const group = toResources(baseUrlOf(c.env.incoming)).find((one) => one.id === id)
      return group === undefined ? fail(c, notFound, 'number') : c.json(group)
    })
}
