import { randomBytes, sign } from 'node:crypto'
import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { answerList, type Listing, type Resource } from '../administration/listing.ts'
import { keyPaging } from '../administration/paging.ts'
import { parseReplaceOnly, readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv, KnownCaller } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller, requireUser } from '../guards.ts'
import { newTextId } from '../state/identifiers.ts'
import { type ApiKey, digestOf } from '../state/token-store.ts'
import { parseDuration } from './duration.ts'

const notFound = { status: 404, code: 'API-KEYS-404', title: 'Not found' }
const badRequest = { status: 400, code: 'API-KEYS-400', title: 'Bad request' }
const listing: Listing = {
  paging: { ...keyPaging, defaultLimit: 20, minimumLimit: 1 },
  style: 'number',
  badRequest,
  sortBy: ['createdByUser', 'sub', 'status', 'description', 'created'],
}

/** A JWT for its holder to look into; the tenant itself knows the key by its digest alone. */
function toToken(cloud: Cloud, key: { id: string; userId: string; expiresAtMs: number }): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = encode({ alg: 'ES384', kid: cloud.state.tenantId, typ: 'JWT' })
  const payload = encode({
    subType: 'user',
    tenantId: cloud.state.tenantId,
    jti: key.id,
    aud: 'qlik.api',
    iss: 'qlik.api/api-keys',
    iat: Math.floor(cloud.clock.now().getTime() / 1000),
    exp: Math.floor(key.expiresAtMs / 1000),
    sub: key.userId,
    emulator: randomBytes(9).toString('base64url'),
  })
  const text = `${header}.${payload}`
  const signature = sign('sha384', Buffer.from(text), {
    key: cloud.state.tokens.apiKeySigner,
    dsaEncoding: 'ieee-p1363',
  })
  return `${text}.${signature.toString('base64url')}`
}

function statusOf(cloud: Cloud, key: ApiKey): string {
  if (key.status === 'active' && key.expiresAtMs <= cloud.clock.now().getTime()) return 'expired'
  return key.status
}

function toResource(cloud: Cloud, key: ApiKey): Resource {
  return {
    id: key.id,
    tenantId: cloud.state.tenantId,
    description: key.description,
    expiry: key.expiry,
    created: key.created,
    lastUpdated: key.lastUpdated,
    createdByUser: key.createdByUser,
    sub: key.userId,
    subType: 'user',
    status: statusOf(cloud, key),
  }
}

/** Reads what `POST /api/v1/api-keys` was sent; a string says what is wrong. */
function parseNewKey(
  cloud: Cloud,
  caller: KnownCaller,
  body: unknown,
): string | { description: string; userId: string; seconds: number } {
  if (!isObject(body)) return 'The body must be a JSON object'
  const { settings, users } = cloud.state
  const { description, expiry = settings.maximumApiKeyExpiry, sub = caller.user.id } = body
  if (typeof description !== 'string' || description === '') return 'description is required'
  if (body.subType !== undefined && body.subType !== 'user')
    return 'The emulator has keys of the subType user only'
  const seconds = parseDuration(expiry)
  const longest = parseDuration(settings.maximumApiKeyExpiry) ?? 0
  if (seconds === undefined || seconds <= 0)
    return 'expiry must be an ISO 8601 duration such as PT1H'
  if (seconds > longest) return `expiry may be ${settings.maximumApiKeyExpiry} at most`
  if (typeof sub !== 'string' || !users.has(sub)) return 'sub is not a user of this tenant'
  return { description, userId: sub, seconds }
}

/** `/api/v1/api-keys` (qlik-cloud.md §5.5): everybody their own, administrators all. */
export function apiKeyRoutes(cloud: Cloud): Hono<CloudEnv> {
  const keys = () => cloud.state.tokens.apiKeys
  const seen = (caller: KnownCaller, id: string) => {
    const key = keys().get(id)
    return caller.isAdmin || key?.userId === caller.user.id ? key : undefined
  }
  const configs = new Hono<CloudEnv>()
    .use(async (c, next) => (knownCaller(c).isAdmin ? next() : fail(c, adminOnly, 'number')))
    .get('/:tenantId', (c) => {
      const { tenantId, settings } = cloud.state
      if (c.req.param('tenantId') !== tenantId) return fail(c, notFound, 'number')
      return c.json({
        api_keys_enabled: true,
        max_keys_per_user: settings.maximumApiKeysPerUser,
        max_api_key_expiry: settings.maximumApiKeyExpiry,
        scim_externalClient_expiry: 'P365D',
      })
    })
    .patch('/:tenantId', async (c) => {
      const { tenantId, settings } = cloud.state
      if (c.req.param('tenantId') !== tenantId) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/max_keys_per_user', '/max_api_key_expiry'])
      if ('flaw' in operations) return fail(c, { ...badRequest, detail: operations.flaw }, 'number')
      for (const { path, value } of operations) {
        const isRight =
          path === '/max_keys_per_user'
            ? Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1000
            : (parseDuration(value) ?? 0) > 0
        if (!isRight)
          return fail(c, { ...badRequest, detail: `${path} has a wrong value` }, 'number')
      }
      for (const { path, value } of operations)
        if (path === '/max_keys_per_user') settings.maximumApiKeysPerUser = Number(value)
        else settings.maximumApiKeyExpiry = String(value)
      return c.body(null, 204)
    })
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .route('/configs', configs)
    .get('/', (c) => {
      const caller = knownCaller(c)
      const all = [...keys().values()]
        .filter((key) => caller.isAdmin || key.userId === caller.user.id)
        .map((key) => toResource(cloud, key))
      const wanted = ['createdByUser', 'sub', 'status'] as const
      const found = all.filter((key) =>
        wanted.every((name) => [undefined, key[name]].includes(c.req.query(name))),
      )
      return answerList(cloud, c, found, listing)
    })
    .post('/', async (c) => {
      const caller = knownCaller(c)
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const values = parseNewKey(cloud, caller, body.value)
      if (typeof values === 'string') return fail(c, { ...badRequest, detail: values }, 'number')
      const { description, userId, seconds } = values
      if (userId !== caller.user.id && !caller.isAdmin) return fail(c, adminOnly, 'number')
      const active = [...keys().values()].filter(
        (key) => key.userId === userId && statusOf(cloud, key) === 'active',
      )
      if (active.length >= cloud.state.settings.maximumApiKeysPerUser)
        return fail(
          c,
          {
            ...badRequest,
            status: 403,
            title: 'Forbidden',
            detail: 'The user has as many API keys as the tenant allows',
          },
          'number',
        )
      const now = cloud.clock.now()
      const id = newTextId()
      const expiresAtMs = now.getTime() + seconds * 1000
      const token = toToken(cloud, { id, userId, expiresAtMs })
      const key: ApiKey = {
        id,
        userId,
        createdByUser: caller.user.id,
        description,
        expiry: new Date(expiresAtMs).toISOString(),
        expiresAtMs,
        status: 'active',
        created: now.toISOString(),
        lastUpdated: now.toISOString(),
        digest: digestOf(token),
      }
      keys().set(id, key)
      return c.json({ ...toResource(cloud, key), token }, 201)
    })
    .get('/:id', (c) => {
      const key = seen(knownCaller(c), c.req.param('id'))
      return key === undefined ? fail(c, notFound, 'number') : c.json(toResource(cloud, key))
    })
    .patch('/:id', async (c) => {
      const key = seen(knownCaller(c), c.req.param('id'))
      if (key === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/description'])
      if ('flaw' in operations) return fail(c, { ...badRequest, detail: operations.flaw }, 'number')
      if (operations.some(({ value }) => typeof value !== 'string' || value === ''))
        return fail(c, { ...badRequest, detail: 'description must be a string' }, 'number')
      for (const { value } of operations) key.description = String(value)
      key.lastUpdated = cloud.clock.now().toISOString()
      return c.body(null, 204)
    })
    .delete('/:id', (c) => {
      const key = seen(knownCaller(c), c.req.param('id'))
      if (key === undefined) return fail(c, notFound, 'number')
      keys().delete(key.id)
      return c.body(null, 204)
    })
}
