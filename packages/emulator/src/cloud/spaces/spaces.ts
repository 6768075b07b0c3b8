import { type Context, Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import { answerList, type Listing } from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import { parseReplaceOnly, readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv, KnownCaller } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller, requireUser } from '../guards.ts'
import { newHexId } from '../state/identifiers.ts'
import { type Space, type SpaceType, spaceTypes } from '../state/space.ts'
import { hasRole } from '../users/roles.ts'
import { assignmentRoutes } from './assignments.ts'
import { managesSpace, seesSpace, toSpaceResource } from './space-resource.ts'

const notFound = { status: 404, code: 'SPACES-404', title: 'Not found' }
const badRequest = { status: 400, code: 'SPACES-400', title: 'Bad request' }
const listing: Listing = {
  paging: { ...cursorPaging, defaultLimit: 10 },
  style: 'number',
  badRequest,
  sortBy: ['name', 'type', 'createdAt', 'updatedAt'],
}
const creatorRoles: Readonly<Record<SpaceType, string>> = {
  shared: 'SharedSpaceCreator',
  managed: 'ManagedSpaceCreator',
  data: 'DataSpaceCreator',
}

type SpaceValues = Partial<Pick<Space, 'name' | 'description' | 'ownerId'>>

/** What is wrong with the values of a space; undefined when they are right. */
function findFlaw(cloud: Cloud, values: Readonly<Record<string, unknown>>): string | undefined {
  const { name, description, ownerId } = values
  if (name !== undefined && (typeof name !== 'string' || name === '')) return 'name is required'
  if (description !== undefined && typeof description !== 'string')
    return 'description must be a string'
  if (ownerId !== undefined && !cloud.state.users.has(String(ownerId)))
    return 'ownerId is not a user of this tenant'
  return undefined
}

/** `/api/v1/spaces` (qlik-cloud.md §5.7). */
export function spaceRoutes(cloud: Cloud): Hono<CloudEnv> {
  const mayCreate = (caller: KnownCaller, type: SpaceType) =>
    caller.isAdmin || hasRole(cloud.state, caller.user, creatorRoles[type])
  /** The space of the address, for who sees it; others get 404 as if there were none. */
  const find = (c: Context<CloudEnv>) => {
    const space = cloud.state.spaces.get(c.req.param('spaceId') ?? '')
    return space !== undefined && seesSpace(cloud, knownCaller(c), space) ? space : undefined
  }
  const show = (c: Context<CloudEnv>, space: Space) =>
    toSpaceResource(cloud, baseUrlOf(c.env.incoming), knownCaller(c), space)
  const notManaging = { ...adminOnly, detail: 'Not a facilitator of the space' }
  const change = (c: Context<CloudEnv>, space: Space, values: SpaceValues) => {
    const flaw = findFlaw(cloud, values)
    if (flaw !== undefined) return fail(c, { ...badRequest, detail: flaw }, 'number')
    Object.assign(space, values)
    space.updatedAt = cloud.clock.now().toISOString()
    return c.json(show(c, space))
  }
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .get('/', (c) => {
      const caller = knownCaller(c)
      const { name, type, ownerId } = c.req.query()
      const found = [...cloud.state.spaces.values()].filter(
        (space) =>
          seesSpace(cloud, caller, space) &&
          (name === undefined || space.name.toLowerCase().includes(name.toLowerCase())) &&
          (type === undefined || type.split(',').includes(space.type)) &&
          (ownerId === undefined || space.ownerId === ownerId),
      )
      return answerList(
        cloud,
        c,
        found.map((space) => show(c, space)),
        listing,
      )
    })
    .post('/', async (c) => {
      const caller = knownCaller(c)
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const given = isObject(body.value) ? body.value : {}
      const { name, description = '', type } = given
      const flaw = findFlaw(cloud, { name: name ?? '', description })
      if (flaw !== undefined) return fail(c, { ...badRequest, detail: flaw }, 'number')
      const spaceType = spaceTypes.find((one) => one === type)
      if (spaceType === undefined)
        return fail(c, { ...badRequest, detail: 'type must be shared, managed or data' }, 'number')
      if (!mayCreate(caller, spaceType))
        return fail(
          c,
          { ...adminOnly, detail: `User missing ${creatorRoles[spaceType]} role` },
          'number',
        )
      if ([...cloud.state.spaces.values()].some((space) => space.name === name))
        return fail(
          c,
          { status: 409, code: 'SPACES-409', title: 'Conflict', detail: 'A space has this name' },
          'number',
        )
      const at = cloud.clock.now().toISOString()
      const space: Space = {
        id: newHexId(),
        name: String(name),
        description: String(description),
        type: spaceType,
        ownerId: caller.user.id,
        createdAt: at,
        createdBy: caller.user.id,
        updatedAt: at,
      }
      cloud.state.spaces.set(space.id, space)
      return c.json(show(c, space), 201)
    })
    .get('/types', (c) => c.json({ data: spaceTypes }))
    .get('/:spaceId', (c) => {
      const space = find(c)
      return space === undefined ? fail(c, notFound, 'number') : c.json(show(c, space))
    })
    .put('/:spaceId', async (c) => {
      const space = find(c)
      if (space === undefined) return fail(c, notFound, 'number')
      if (!managesSpace(cloud, knownCaller(c), space)) return fail(c, notManaging, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const { name, description, ownerId } = isObject(body.value) ? body.value : {}
      const given = Object.entries({ name, description, ownerId })
      const values = Object.fromEntries(given.filter(([, value]) => value !== undefined))
      return change(c, space, values as SpaceValues)
    })
    .patch('/:spaceId', async (c) => {
      const space = find(c)
      if (space === undefined) return fail(c, notFound, 'number')
      if (!managesSpace(cloud, knownCaller(c), space)) return fail(c, notManaging, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/name', '/description', '/ownerId'])
      if ('flaw' in operations) return fail(c, { ...badRequest, detail: operations.flaw }, 'number')
      const values = operations.map(({ path, value }) => [path.slice(1), value])
      return change(c, space, Object.fromEntries(values) as SpaceValues)
    })
    .delete('/:spaceId', (c) => {
      const space = find(c)
      if (space === undefined) return fail(c, notFound, 'number')
      if (!managesSpace(cloud, knownCaller(c), space)) return fail(c, notManaging, 'number')
      const { appPlaces, assignments, spaces } = cloud.state
      if ([...appPlaces.values()].some((place) => place.spaceId === space.id))
        return fail(
          c,
          {
            status: 412,
            code: 'SPACES-412',
            title: 'Precondition failed',
            detail: 'The space holds apps',
          },
          'number',
        )
      for (const [id, one] of assignments) if (one.spaceId === space.id) assignments.delete(id)
      spaces.delete(space.id)
      return c.body(null, 204)
    })
    .route('/', assignmentRoutes(cloud))
}
