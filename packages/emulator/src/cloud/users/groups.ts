import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import {
  answerFilterAction,
  answerList,
  type Listing,
  type Resource,
} from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { knownCaller, requireAdministrator } from '../guards.ts'
import { newHexId } from '../state/identifiers.ts'
import { parseRoles, toRoleList } from '../state/role-list.ts'
import type { CloudGroup } from '../state/state.ts'
import { createGroup } from './group.ts'
import { groupSettingsRoutes } from './group-settings.ts'

const notFound = { status: 404, code: 'GROUPS-7', title: 'Not found' }
const badRequest = { status: 400, code: 'GROUPS-400', title: 'Bad request' }
const maximumGroups = 10_000
const maximumNameLength = 256
const maximumRoles = 100
const listing: Listing = {
  paging: cursorPaging,
  style: 'number',
  badRequest,
  filterBy: ['id', 'name', 'status', 'providerType', 'description'],
  sortBy: ['name', 'id', 'status', 'providerType', 'createdAt', 'lastUpdatedAt'],
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maximumNameLength
}

type GroupChange = Partial<Pick<CloudGroup, 'name' | 'description' | 'roleIds'>>

/** Reads a patch of a group, whose paths have no slash in Qlik's type; one with a slash counts too. */
function parseGroupPatch(group: CloudGroup, body: unknown): GroupChange | string {
  if (!Array.isArray(body) || body.length === 0) return 'The body must be an array of operations'
  const change: GroupChange = {}
  for (const one of body as unknown[]) {
    const { op, path, value } = isObject(one) ? one : {}
    if (op !== 'replace') return 'Only the operation replace is supported'
    const name = String(path).replace(/^\//, '')
    if (name === 'assignedRoles') {
      const roles = parseRoles(value)
      if (roles === undefined || roles.length > maximumRoles)
        return `assignedRoles takes up to ${maximumRoles} known roles`
      change.roleIds = roles
    } else if (name === 'name' || name === 'description') {
      if (group.providerType !== 'custom')
        return `${name} of a group that an identity provider made cannot be changed`
      if (name === 'name' ? !isName(value) : typeof value !== 'string')
        return `${name} must be a string`
      change[name] = String(value)
    } else return 'Only assignedRoles, name and description can be replaced'
  }
  return change
}

/** `/api/v1/groups` (qlik-cloud.md §5.3). */
export function groupRoutes(cloud: Cloud): Hono<CloudEnv> {
  const toResource = (base: string, group: CloudGroup): Resource => ({
    id: group.id,
    name: group.name,
    tenantId: cloud.state.tenantId,
    status: 'active',
    providerType: group.providerType,
    ...(group.description === undefined ? {} : { description: group.description }),
    assignedRoles: toRoleList(group.roleIds),
    createdAt: group.createdAt,
    lastUpdatedAt: group.lastUpdatedAt,
    createdBy: group.createdBy,
    updatedBy: group.updatedBy,
    links: { self: { href: `${base}/api/v1/groups/${group.id}` } },
  })
  const everyone = (base: string): Resource => ({
    ...toResource(
      base,
      createGroup({
        id: '000000000000000000000001',
        name: 'com.qlik.Everyone',
        providerType: 'custom',
        at: cloud.state.createdAt,
        by: 'system',
        roleIds: cloud.state.settings.everyoneRoleIds,
      }),
    ),
  })
  const all = (base: string) =>
    [...cloud.state.groups.values()].map((group) => toResource(base, group))
  const hasName = (name: unknown, besides?: string) =>
    [...cloud.state.groups.values()].some((group) => group.name === name && group.id !== besides)
  const conflict = {
    status: 409,
    code: 'GROUPS-409',
    title: 'Conflict',
    detail: 'A group has this name',
  }
  return new Hono<CloudEnv>()
    .use(requireAdministrator('number'))
    .get('/', (c) => {
      const base = baseUrlOf(c.env.incoming)
      const system = c.req.query('systemGroups') === 'true' ? [everyone(base)] : []
      return answerList(cloud, c, [...system, ...all(base)], listing)
    })
    .post('/', async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const wrong = (detail: string) => fail(c, { ...badRequest, detail }, 'number')
      if (!isObject(body.value)) return wrong('The body must be a JSON object')
      const { name, status, providerType = 'idp', description, assignedRoles } = body.value
      if (!isName(name)) return wrong(`name is required, of up to ${maximumNameLength} characters`)
      if (status !== undefined && status !== 'active') return wrong('status can only be active')
      if (providerType !== 'idp' && providerType !== 'custom')
        return wrong('providerType must be idp or custom')
      if (description !== undefined && typeof description !== 'string')
        return wrong('description must be a string')
      const roleIds = assignedRoles === undefined ? [] : parseRoles(assignedRoles)
      if (roleIds === undefined) return wrong('assignedRoles has a role that is not known')
      if (hasName(name)) return fail(c, conflict, 'number')
      if (cloud.state.groups.size >= maximumGroups)
        return wrong(`A tenant has ${maximumGroups} groups at most`)
      const group = createGroup({
        id: newHexId(),
        name,
        providerType,
        at: cloud.clock.now().toISOString(),
        by: knownCaller(c).user.id,
        description,
        roleIds,
      })
      cloud.state.groups.set(group.id, group)
      return c.json(toResource(baseUrlOf(c.env.incoming), group), 201)
    })
    .route('/settings', groupSettingsRoutes(cloud))
    .post('/actions/filter', (c) =>
      answerFilterAction(cloud, c, () => all(baseUrlOf(c.env.incoming)), listing),
    )
    .get('/:id', (c) => {
      const group = cloud.state.groups.get(c.req.param('id'))
      return group === undefined
        ? fail(c, notFound, 'number')
        : c.json(toResource(baseUrlOf(c.env.incoming), group))
    })
    .patch('/:id', async (c) => {
      const group = cloud.state.groups.get(c.req.param('id'))
      if (group === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const change = parseGroupPatch(group, body.value)
      if (typeof change === 'string') return fail(c, { ...badRequest, detail: change }, 'number')
      if (hasName(change.name, group.id)) return fail(c, conflict, 'number')
      Object.assign(group, change)
      group.lastUpdatedAt = cloud.clock.now().toISOString()
      group.updatedBy = knownCaller(c).user.id
      return c.body(null, 204)
    })
    .delete('/:id', (c) => {
      const id = c.req.param('id')
      if (!cloud.state.groups.delete(id)) return fail(c, notFound, 'number')
      for (const user of cloud.state.users.values())
        user.groupIds = user.groupIds.filter((one) => one !== id)
      return c.body(null, 204)
    })
}
