import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import { answerList, type Listing, type Resource } from '../administration/listing.ts'
import { cursorPaging } from '../administration/paging.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { knownCaller, requireUser } from '../guards.ts'
import { checkAppAccess } from './access.ts'

const notFound = { status: 404, code: 'ITEMS-404', title: 'Not found' }
const listing: Listing = {
  paging: { ...cursorPaging, defaultLimit: 10 },
  style: 'number',
  badRequest: { status: 400, code: 'ITEMS-400', title: 'Bad request' },
  sortBy: ['name', 'createdAt', 'updatedAt'],
}

/** An item's ID, which is another than its app's and stays the same for the same app. */
function itemIdOf(appId: string): string {
  return createHash('sha256').update(`item ${appId}`).digest('hex').slice(0, 24)
}

function toItem(cloud: Cloud, base: string, app: { id: string; name: string }): Resource {
  const { appPlaces, administrator, createdAt, tenantId } = cloud.state
  const place = appPlaces.get(app.id)
  const id = itemIdOf(app.id)
  const self = `${base}/api/v1/items/${id}`
  return {
    id,
    name: app.name,
    description: '',
    resourceType: 'app',
    resourceId: app.id,
    resourceAttributes: { id: app.id, name: app.name, ownerId: administrator.id },
    resourceCustomAttributes: null,
    resourceCreatedAt: createdAt,
    resourceUpdatedAt: createdAt,
    ...(place === undefined ? {} : { spaceId: place.spaceId }),
    tenantId,
    ownerId: administrator.id,
    creatorId: administrator.id,
    updaterId: administrator.id,
    createdAt,
    updatedAt: createdAt,
    actions: ['read'],
    collectionIds: [],
    isFavorited: false,
    meta: { actions: ['read'], collections: [], isFavorited: false, tags: [] },
    links: {
      self: { href: self },
      collections: { href: `${self}/collections` },
      open: { href: `${base}/sense/app/${app.id}` },
    },
  }
}

/** `/api/v1/items`: the apps that the caller may open, as one finds them in the hub. */
export function itemRoutes(cloud: Cloud): Hono<CloudEnv> {
  const visible = (c: Context<CloudEnv>) =>
    cloud.engine
      .apps()
      .filter(
        (app) => checkAppAccess(cloud, app.id, knownCaller(c), { counts: false }) === undefined,
      )
      .map((app) => toItem(cloud, baseUrlOf(c.env.incoming), app))
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .get('/', (c) => {
      const { name, resourceId, resourceIds, resourceType, spaceId, ownerId, query } = c.req.query()
      const contains = (text: unknown, part: string | undefined) =>
        part === undefined || String(text).toLowerCase().includes(part.toLowerCase())
      const found = visible(c).filter(
        (item) =>
          (resourceType === undefined || resourceType.split(',').includes('app')) &&
          (resourceId === undefined || item.resourceId === resourceId) &&
          (resourceIds === undefined || resourceIds.split(',').includes(String(item.resourceId))) &&
          (spaceId === undefined || (item.spaceId ?? 'personal') === spaceId) &&
          (ownerId === undefined || item.ownerId === ownerId) &&
          contains(item.name, name) &&
          contains(item.name, query),
      )
      return answerList(cloud, c, found, listing)
    })
    .get('/:id', (c) => {
      const item = visible(c).find((one) => one.id === c.req.param('id'))
      return item === undefined ? fail(c, notFound, 'number') : c.json(item)
    })
}
