import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { knownCaller, requireAdministrator } from '../guards.ts'
import { newTextId } from '../state/identifiers.ts'
import type { WebIntegration } from '../state/state.ts'
import { answerList, type Listing } from './listing.ts'
import { keyPaging } from './paging.ts'
import { parseReplaceOnly, readJsonBody } from './request-body.ts'

const notFound = { status: 404, code: 'WEB-INTEGRATIONS-404', title: 'Not found' }
const badRequest = { status: 400, code: 'WEB-INTEGRATIONS-400', title: 'Bad request' }
const listing: Listing = { paging: keyPaging, style: 'string', badRequest, sortBy: ['name'] }

/**
 * What is wrong with an origin; undefined when it can match one. Browsers send scheme, host and port
 * in one exact spelling, so anything else in the list would never match.
 */
export function findOriginFlaw(origin: unknown): string | undefined {
  if (typeof origin !== 'string') return 'An origin must be a string'
  const shown = origin.slice(0, 200)
  if (origin.includes('*')) return `${shown} has a wildcard: list each origin`
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return `${shown} is not an origin such as https://www.example.com or http://localhost:3000`
  return url.origin === origin
    ? undefined
    : `${shown} is not an origin alone: write ${url.origin}, without path or trailing slash`
}

function findOriginsFlaw(origins: unknown): string | undefined {
  if (!Array.isArray(origins)) return 'validOrigins must be an array'
  for (const origin of origins) {
    const flaw = findOriginFlaw(origin)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function findNameFlaw(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? undefined : 'name is required'
}

/** `/api/v1/web-integrations` (qlik-cloud.md §5.1). */
export function webIntegrationRoutes(cloud: Cloud): Hono<CloudEnv> {
  const find = (id: string) => cloud.state.webIntegrations.get(id)
  const toResource = (base: string, one: WebIntegration): Record<string, unknown> => ({
    id: one.id,
    name: one.name,
    tenantId: cloud.state.tenantId,
    created: one.created,
    createdBy: one.createdBy,
    lastUpdated: one.lastUpdated,
    validOrigins: one.validOrigins,
    links: { self: { href: `${base}/api/v1/web-integrations/${one.id}` } },
  })
  return new Hono<CloudEnv>()
    .use(requireAdministrator('string'))
    .get('/', (c) => {
      const base = baseUrlOf(c.env.incoming)
      const all = [...cloud.state.webIntegrations.values()].map((one) => toResource(base, one))
      return answerList(cloud, c, all, listing)
    })
    .post('/', async (c) => {
      const body = await readJsonBody(c, 'string')
      if ('response' in body) return body.response
      if (!isObject(body.value))
        return fail(c, { ...badRequest, detail: 'The body must be a JSON object' })
      const { name, validOrigins = [] } = body.value
      const flaw = findNameFlaw(name) ?? findOriginsFlaw(validOrigins)
      if (flaw !== undefined) return fail(c, { ...badRequest, detail: flaw })
      const at = cloud.clock.now().toISOString()
      const integration: WebIntegration = {
        id: newTextId(),
        name: String(name),
        validOrigins: [...new Set(validOrigins as string[])],
        created: at,
        createdBy: knownCaller(c).user.id,
        lastUpdated: at,
      }
      cloud.state.webIntegrations.set(integration.id, integration)
      return c.json(toResource(baseUrlOf(c.env.incoming), integration), 201)
    })
    .get('/:id', (c) => {
      const integration = find(c.req.param('id'))
      return integration === undefined
        ? fail(c, notFound)
        : c.json(toResource(baseUrlOf(c.env.incoming), integration))
    })
    .patch('/:id', async (c) => {
      const integration = find(c.req.param('id'))
      if (integration === undefined) return fail(c, notFound)
      const body = await readJsonBody(c, 'string')
      if ('response' in body) return body.response
      const operations = parseReplaceOnly(body.value, ['/name', '/validOrigins'])
      if ('flaw' in operations)
        return fail(c, { ...badRequest, detail: operations.flaw, pointer: operations.pointer })
      for (const { path, value } of operations) {
        const flaw = path === '/name' ? findNameFlaw(value) : findOriginsFlaw(value)
        if (flaw !== undefined) return fail(c, { ...badRequest, detail: flaw, pointer: path })
      }
      for (const { path, value } of operations) {
        if (path === '/name') integration.name = String(value)
        else integration.validOrigins = [...new Set(value as string[])]
      }
      integration.lastUpdated = cloud.clock.now().toISOString()
      return c.body(null, 204)
    })
    .delete('/:id', (c) =>
      cloud.state.webIntegrations.delete(c.req.param('id')) ? c.body(null, 204) : fail(c, notFound),
    )
}
