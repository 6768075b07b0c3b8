import { Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { requireUser } from '../guards.ts'

/** `/api/v1/tenants`: the one tenant that there is. */
export function tenantRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>()
    .use(requireUser('string'))
    .get('/me', (c) => {
      // Qlik's text says that it redirects, as users/me does.
      const location = `/api/v1/tenants/${cloud.state.tenantId}`
      if (cloud.switches.get().usersMeStatus === 301) {
        c.header('location', location)
        return c.html(`<a href="${location}">Moved Permanently</a>.`, 301)
      }
      return c.redirect(location, 302)
    })
    .get('/:id', (c) => {
      const { tenantId, administrator, createdAt } = cloud.state
      if (c.req.param('id') !== tenantId)
        return fail(c, { status: 404, code: 'TENANTS-8', title: 'Not found' })
      const base = baseUrlOf(c.env.incoming)
      return c.json({
        id: tenantId,
        name: 'emulator',
        hostnames: [new URL(base).host],
        created: createdAt,
        lastUpdated: createdAt,
        createdByUser: administrator.id,
        datacenter: 'emulator',
        region: 'emulator',
        status: 'active',
        autoAssignCreateSharedSpacesRoleToProfessionals: false,
        autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals: false,
        autoAssignDataServicesContributorRoleToProfessionals: false,
        enableAnalyticCreation: true,
        enableAppOpeningFeedback: false,
        links: { self: { href: `${base}/api/v1/tenants/${tenantId}` } },
      })
    })
}
