import { Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { requireAdministrator } from '../guards.ts'
import { endSessionsWhere } from '../sessions/sessions.ts'
import type { IdentityProvider } from '../state/state.ts'
import { parseIdentityProvider } from './identity-provider-payload.ts'
import { answerList, type Listing } from './listing.ts'
import { cursorPaging } from './paging.ts'
import { parseReplaceOnly, readJsonBody } from './request-body.ts'

const notFound = { status: 404, code: 'IDP-404', title: 'Not found' }
const badRequest = { status: 400, code: 'IDP-400', title: 'Bad request' }
const listing: Listing = { paging: cursorPaging, style: 'number', badRequest }

function toResource(cloud: Cloud, provider: IdentityProvider): Record<string, unknown> {
  const { id, issuer, keyId, pem, description, created, lastUpdated, clockToleranceSec } = provider
  return {
    id,
    tenantIds: [cloud.state.tenantId],
    provider: 'external',
    protocol: 'jwtAuth',
    interactive: false,
    active: provider.isInactive !== true,
    created,
    lastUpdated,
    description,
    ...(clockToleranceSec === undefined ? {} : { clockToleranceSec }),
    createNewUsersOnLogin: true,
    options: { issuer, staticKeys: [{ kid: keyId, pem }] },
  }
}

/** `/api/v1/identity-providers`, for JWT identity providers (qlik-cloud.md §4). */
export function identityProviderRoutes(cloud: Cloud): Hono<CloudEnv> {
  const find = (id: string) => cloud.state.identityProviders.get(id)
  return (
    new Hono<CloudEnv>()
      // As other services need the metadata to check tokens, it is for everybody.
      .get('/.well-known/metadata.json', (c) => c.json({ issuer: baseUrlOf(c.env.incoming) }))
      .use(requireAdministrator('number'))
      .get('/', (c) => {
        const all = [...cloud.state.identityProviders.values()]
        const asked = c.req.query('active')
        const wanted = all.filter(
          ({ isInactive = false }) => asked === undefined || (asked === 'true') === !isInactive,
        )
        return answerList(
          cloud,
          c,
          wanted.map((one) => toResource(cloud, one)),
          listing,
        )
      })
      .post('/', async (c) => {
        const body = await readJsonBody(c, 'number')
        if ('response' in body) return body.response
        const { state } = cloud
        const now = cloud.clock.now()
        const provider = parseIdentityProvider(body.value, state, cloud.switches.get(), now)
        if ('status' in provider) return fail(c, provider, 'number')
        state.identityProviders.set(provider.id, provider)
        return c.json(toResource(cloud, provider), 201)
      })
      .get('/status', (c) => {
        const own = { active: true, interactive: false, provider: 'external' }
        // The stand-in for a company's identity provider, where people log in at /login.
        const interactive = { active: true, interactive: true, provider: 'generic' }
        return c.json({
          idps_metadata: [
            ...[...cloud.state.identityProviders.values()].map(({ isInactive = false }) => ({
              ...own,
              active: !isInactive,
            })),
            interactive,
          ],
          active_interactive_idps_count: 1,
        })
      })
      .get('/me/meta', (c) => {
        const base = baseUrlOf(c.env.incoming)
        return c.json({ upgradeSubscriptionLink: base, userPortalLink: base })
      })
      .get('/:id', (c) => {
        const provider = find(c.req.param('id'))
        return provider === undefined
          ? fail(c, notFound, 'number')
          : c.json(toResource(cloud, provider))
      })
      .patch('/:id', async (c) => {
        const provider = find(c.req.param('id'))
        if (provider === undefined) return fail(c, notFound, 'number')
        const body = await readJsonBody(c, 'number')
        if ('response' in body) return body.response
        const operations = parseReplaceOnly(body.value, ['/description'])
        if ('flaw' in operations)
          return fail(
            c,
            { ...badRequest, detail: operations.flaw, pointer: operations.pointer },
            'number',
          )
        if (operations.some(({ value }) => typeof value !== 'string'))
          return fail(c, { ...badRequest, detail: 'description must be a string' }, 'number')
        for (const { value } of operations) provider.description = String(value)
        provider.lastUpdated = cloud.clock.now().toISOString()
        return c.body(null, 204)
      })
      .delete('/:id', (c) => {
        const id = c.req.param('id')
        if (!cloud.state.identityProviders.delete(id)) return fail(c, notFound, 'number')
        if (cloud.switches.get().deletedProviderEndsSessions)
          endSessionsWhere(
            cloud.state,
            (session) => session.identityProviderId === id,
            'The identity provider was deleted',
            'deletedProviderEndsSessions',
          )
        return c.body(null, 204)
      })
  )
}
