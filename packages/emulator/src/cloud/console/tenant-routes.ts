import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { isAdminKey } from '../../control/admin-key.ts'
import { isEmulatorError } from '../../errors.ts'
import { readBearer } from '../../http/bearer.ts'
import { type AppAnswer, type AppRequest, callApp } from '../../http/call-app.ts'
import { isObject, readJson } from '../../http/read-body.ts'
import { type Cloud, type CloudEnv, groupNamesOf } from '../cloud.ts'
import { toTenantView } from '../state-view.ts'
import { maximumSnapshotBytes } from '../tenant-snapshot.ts'
import { saveIdentityProvider, saveWebIntegration } from './set-up-forms.ts'

const wrongBody = { error: 'The body must be a JSON object' }

/** Users, sessions, trust and data: looked at, and changed by the tenant's own REST in the administrator's name. */
export function tenantConsoleRoutes(
  cloud: Cloud,
  tenant: Hono<CloudEnv>,
): Hono<{ Bindings: HttpBindings }> {
  const view = toTenantView(cloud)
  const caller =
    (host: string | undefined) =>
    (request: Omit<AppRequest, 'headers'>): Promise<AppAnswer> =>
      callApp(tenant, {
        ...request,
        headers: { host: host ?? 'localhost', authorization: `Bearer ${cloud.adminKey}` },
      })
  const routes = new Hono<{ Bindings: HttpBindings }>()

  routes.get('/tenant', (c) => {
    const { state } = cloud
    return c.json({
      tenantId: state.tenantId,
      autoCreateGroups: state.settings.autoCreateGroups,
      users: [...state.users.values()].map((user, index) => ({
        ...view.users()[index],
        status: user.status,
        groups: groupNamesOf(state, user),
      })),
      sessions: view.sessions(),
      groups: [...state.groups.values()].map(({ id, name, providerType, createdAt }) => ({
        id,
        name,
        providerType,
        createdAt,
        users: [...state.users.values()].filter(({ groupIds }) => groupIds.includes(id)).length,
      })),
      identityProviders: [...state.identityProviders.values()].map((one) => ({
        id: one.id,
        issuer: one.issuer,
        keyId: one.keyId,
        description: one.description,
        created: one.created,
        clockToleranceSec: one.clockToleranceSec,
        certificateDates: one.certificateDates,
      })),
      webIntegrations: view.webIntegrations(),
    })
  })
  // The whole tenant, with everybody's e-mail address: unlike what the console shows, this needs the key.
  routes.get('/state', (c) =>
    isAdminKey(cloud, readBearer(c.req.header('authorization')) ?? '')
      ? c.json(view.export())
      : c.json({ error: 'Send the administrator’s key: Authorization: Bearer KEY' }, 401),
  )
  routes.put('/state', async (c) => {
    const body = await readJson(c.env.incoming, maximumSnapshotBytes)
    if ('flaw' in body)
      return body.flaw === 'too large'
        ? c.json({ error: `The state is larger than ${maximumSnapshotBytes} bytes` }, 413)
        : c.json({ error: 'The body is not JSON' }, 400)
    try {
      view.import(body.value)
    } catch (error) {
      if (!isEmulatorError(error, 'ERR_EMULATOR_STATE')) throw error
      return c.json({ error: error.message, hint: error.hint }, 400)
    }
    return c.body(null, 204)
  })
  routes.delete('/sessions/:id', (c) =>
    view.endSession(c.req.param('id'))
      ? c.body(null, 204)
      : c.json({ error: 'The session does not exist' }, 404),
  )
  routes.delete('/users/:id/sessions', (c) =>
    c.json({ ended: view.endSessionsOf(c.req.param('id')) }),
  )

  const readForm = async (request: Parameters<typeof readJson>[0]) => {
    const body = await readJson(request)
    return 'value' in body && isObject(body.value) ? body.value : undefined
  }
  routes.post('/identity-providers', async (c) => {
    const form = await readForm(c.env.incoming)
    if (form === undefined) return c.json(wrongBody, 400)
    const call = caller(c.env.incoming.headers.host)
    const saved = await saveIdentityProvider(form, cloud.switches.get(), call)
    return c.json(saved, 'error' in saved ? 400 : 201)
  })
  routes.post('/web-integrations', async (c) => {
    const form = await readForm(c.env.incoming)
    if (form === undefined) return c.json(wrongBody, 400)
    const saved = await saveWebIntegration(form, caller(c.env.incoming.headers.host))
    return c.json(saved, 'error' in saved ? 400 : 201)
  })
  for (const kind of ['identity-providers', 'web-integrations'])
    routes.delete(`/${kind}/:id`, async (c) => {
      const path = `/api/v1/${kind}/${encodeURIComponent(c.req.param('id'))}`
      const { status, body } = await caller(c.env.incoming.headers.host)({ method: 'DELETE', path })
      return status === 204 ? c.body(null, 204) : c.json({ error: 'It is not there', body }, 404)
    })
  routes.patch('/settings', async (c) => {
    const { autoCreateGroups } = (await readForm(c.env.incoming)) ?? {}
    if (typeof autoCreateGroups !== 'boolean')
      return c.json({ error: 'Send {"autoCreateGroups": true} or false' }, 400)
    await caller(c.env.incoming.headers.host)({
      method: 'PATCH',
      path: '/api/v1/groups/settings',
      body: [{ op: 'replace', path: '/autoCreateGroups', value: autoCreateGroups }],
    })
    return c.json({ autoCreateGroups: cloud.state.settings.autoCreateGroups })
  })
  return routes
}
