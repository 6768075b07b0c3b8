import { type Context, Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail, type QlikFailure } from '../error-envelope.ts'
import { requireAdministrator } from '../guards.ts'
import { type CspOrigin, cspFlags } from '../state/csp-origin.ts'
import { newTextId } from '../state/identifiers.ts'
import { adviseOnScheme, parseCspOrigin, toCspResource, toPolicy } from './csp-origin.ts'
import { answerList, type Listing } from './listing.ts'
import { cursorPaging } from './paging.ts'
import { readJsonBody } from './request-body.ts'

const notFound = { status: 404, code: 'CSP-404', title: 'Not found' }
const badRequest = { status: 400, code: 'CSP-400', title: 'Bad request' }

const listing: Listing = {
  paging: cursorPaging,
  style: 'absent',
  badRequest,
  sortBy: ['name', 'origin', 'createdDate', 'modifiedDate'],
}

/** Compares as the API's filters do: without case, `*` for any text, and anywhere in the value. */
function isLike(value: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true
  const parts = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('.*'), 'i').test(value)
}

/** The entries that the query asks for by name, origin and directives. */
function findMatching(c: Context<CloudEnv>, entries: Iterable<CspOrigin>): CspOrigin[] {
  return [...entries].filter(
    (entry) =>
      isLike(entry.name, c.req.query('name')) &&
      isLike(entry.origin, c.req.query('origin')) &&
      cspFlags.every((flag) => {
        const wanted = c.req.query(flag)
        return wanted === undefined || (wanted === 'true') === entry.flags.has(flag)
      }),
  )
}

/** `/api/v1/csp-origins` (qlik-cloud.md §5.2): who may show the tenant's pages in a frame. */
export function cspOriginRoutes(cloud: Cloud): Hono<CloudEnv> {
  const refuse = (c: Context<CloudEnv>, failure: QlikFailure) => fail(c, failure, 'absent')
  const wrong = (c: Context<CloudEnv>, detail: string) => refuse(c, { ...badRequest, detail })
  const noticeScheme = (c: Context<CloudEnv>, body: unknown) => {
    const origin = isObject(body) ? String(body.origin) : ''
    const notice = adviseOnScheme(origin, baseUrlOf(c.env.incoming), cloud.switches.get())
    if (notice !== undefined) c.set('notice', notice)
  }
  return new Hono<CloudEnv>()
    .use(requireAdministrator('absent'))
    .get('/actions/generate-header', (c) => {
      const policy = toPolicy(cloud.state.cspOrigins.values())
      const wantsText = c.req.header('accept')?.includes('text/plain') ?? false
      return wantsText ? c.text(policy) : c.json({ 'Content-Security-Policy': policy })
    })
    .get('/', (c) => {
      const found = findMatching(c, cloud.state.cspOrigins.values()).map(toCspResource)
      return answerList(cloud, c, found, listing)
    })
    .post('/', async (c) => {
      const body = await readJsonBody(c, 'absent')
      if ('response' in body) return body.response
      const content = parseCspOrigin(body.value, cloud.switches.get())
      if ('flaw' in content) return wrong(c, content.flaw)
      noticeScheme(c, body.value)
      const at = cloud.clock.now().toISOString()
      const entry = { id: newTextId(), ...content, createdDate: at, modifiedDate: at }
      cloud.state.cspOrigins.set(entry.id, entry)
      return c.json(toCspResource(entry), 201)
    })
    .get('/:id', (c) => {
      const entry = cloud.state.cspOrigins.get(c.req.param('id'))
      return entry === undefined ? refuse(c, notFound) : c.json(toCspResource(entry))
    })
    .put('/:id', async (c) => {
      const before = cloud.state.cspOrigins.get(c.req.param('id'))
      if (before === undefined) return refuse(c, notFound)
      const body = await readJsonBody(c, 'absent')
      if ('response' in body) return body.response
      const content = parseCspOrigin(body.value, cloud.switches.get())
      if ('flaw' in content) return wrong(c, content.flaw)
      noticeScheme(c, body.value)
      const entry = { ...before, ...content, modifiedDate: cloud.clock.now().toISOString() }
      cloud.state.cspOrigins.set(entry.id, entry)
      return c.json(toCspResource(entry))
    })
    .delete('/:id', (c) =>
      cloud.state.cspOrigins.delete(c.req.param('id')) ? c.body(null, 204) : refuse(c, notFound),
    )
}
