import { type Context, Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import { answerList, type Listing } from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller } from '../guards.ts'
import { newHexId } from '../state/identifiers.ts'
import { type AssigneeType, type Assignment, assignableRoles, type Space } from '../state/space.ts'
import { managesSpace, toAssignmentResource } from './space-resource.ts'

const notFound = { status: 404, code: 'SPACES-404', title: 'Not found' }
const badRequest = { status: 400, code: 'SPACES-400', title: 'Bad request' }
const listing: Listing = { paging: cursorPaging, style: 'number', badRequest }

function readRoles(space: Space, value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const roles = [...new Set(value as unknown[])].map(String)
  return roles.every((role) => assignableRoles[space.type].includes(role)) ? roles : undefined
}

/** Whether there is such a user, group or bot. */
function hasAssignee(cloud: Cloud, type: AssigneeType, id: string): boolean {
  if (type === 'group') return cloud.state.groups.has(id)
  const user = cloud.state.users.get(id)
  return user !== undefined && (user.clientId !== undefined) === (type === 'bot')
}

/** `/api/v1/spaces/{id}/assignments` (qlik-cloud.md §5.7). */
export function assignmentRoutes(cloud: Cloud): Hono<CloudEnv> {
  const all = () => cloud.state.assignments
  const spaceOf = (c: Context<CloudEnv>) => cloud.state.spaces.get(c.req.param('spaceId') ?? '')
  const find = (c: Context<CloudEnv>) => {
    const one = all().get(c.req.param('id') ?? '')
    return one?.spaceId === c.req.param('spaceId') ? one : undefined
  }
  const rolesDetail = (space: Space) =>
    `roles must hold some of ${assignableRoles[space.type].join(', ')}`
  return new Hono<CloudEnv>()
    .use('/:spaceId/assignments/*', async (c, next) => {
      const space = spaceOf(c)
      if (space === undefined) return fail(c, notFound, 'number')
      if (managesSpace(cloud, knownCaller(c), space)) return next()
      return fail(c, { ...adminOnly, detail: 'Not a facilitator of the space' }, 'number')
    })
    .get('/:spaceId/assignments', (c) => {
      const base = baseUrlOf(c.env.incoming)
      const { assigneeId, type } = c.req.query()
      const found = [...all().values()].filter(
        (one) =>
          one.spaceId === c.req.param('spaceId') &&
          (assigneeId === undefined || one.assigneeId === assigneeId) &&
          (type === undefined || one.type === type),
      )
      return answerList(
        cloud,
        c,
        found.map((one) => toAssignmentResource(cloud, base, one)),
        listing,
      )
    })
    .post('/:spaceId/assignments', async (c) => {
      const space = spaceOf(c)
      if (space === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const wrong = (detail: string) => fail(c, { ...badRequest, detail }, 'number')
      const { type, assigneeId, roles: given } = isObject(body.value) ? body.value : {}
      if (type !== 'user' && type !== 'group' && type !== 'bot')
        return wrong('type must be user, group or bot')
      if (typeof assigneeId !== 'string' || !hasAssignee(cloud, type, assigneeId))
        return wrong(`assigneeId is not a ${type} of this tenant`)
      const roles = readRoles(space, given)
      if (roles === undefined) return wrong(rolesDetail(space))
      const isTwice = [...all().values()].some(
        (one) => one.spaceId === space.id && one.type === type && one.assigneeId === assigneeId,
      )
      if (isTwice)
        return fail(
          c,
          {
            status: 409,
            code: 'SPACES-409',
            title: 'Conflict',
            detail: 'assignment of assignee already exists in space',
          },
          'number',
        )
      const switches = cloud.switches.get()
      const now = cloud.clock.now()
      const by = knownCaller(c).user.id
      const assignment: Assignment = {
        id: newHexId(),
        spaceId: space.id,
        type,
        assigneeId,
        roles,
        createdAt: now.toISOString(),
        createdBy: by,
        updatedAt: now.toISOString(),
        updatedBy: by,
        effectiveFromMs: now.getTime() + switches.spaceAccessDelaySec * 1000,
        refusalsLeft: switches.spaceAccessDelayRequests,
      }
      all().set(assignment.id, assignment)
      return c.json(toAssignmentResource(cloud, baseUrlOf(c.env.incoming), assignment), 201)
    })
    .get('/:spaceId/assignments/:id', (c) => {
      const one = find(c)
      return one === undefined
        ? fail(c, notFound, 'number')
        : c.json(toAssignmentResource(cloud, baseUrlOf(c.env.incoming), one))
    })
    .put('/:spaceId/assignments/:id', async (c) => {
      const [space, one] = [spaceOf(c), find(c)]
      if (space === undefined || one === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const roles = readRoles(space, isObject(body.value) ? body.value.roles : undefined)
      if (roles === undefined)
        return fail(c, { ...badRequest, detail: rolesDetail(space) }, 'number')
      one.roles = roles
      one.updatedAt = cloud.clock.now().toISOString()
      one.updatedBy = knownCaller(c).user.id
      return c.json(toAssignmentResource(cloud, baseUrlOf(c.env.incoming), one))
    })
    .delete('/:spaceId/assignments/:id', (c) => {
      const one = find(c)
      if (one === undefined) return fail(c, notFound, 'number')
      all().delete(one.id)
      return c.body(null, 204)
    })
}
