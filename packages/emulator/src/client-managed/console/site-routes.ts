import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { isObject, readJson } from '../../http/read-body.ts'
import type { ClientManaged } from '../client-managed.ts'
import { auditUser } from './audit.ts'
import { readRuleForm } from './rule-form.ts'
import { handleOf, isSessionOf, nodesServing, showSite } from './show-site.ts'
import { readVirtualProxyForm } from './virtual-proxy-form.ts'
import { noticesOn } from './virtual-proxy-notices.ts'

const absent = { error: 'It is not there' }
const wrongBody = { error: 'The body must be a JSON object' }
const by = 'EMULATOR\\console'

async function readForm(
  request: IncomingMessage,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body = await readJson(request)
  return 'value' in body && isObject(body.value) ? body.value : undefined
}

/** Virtual proxies, their links, users, sessions and rules: looked at, and changed as in the QMC. */
export function siteConsoleRoutes(site: ClientManaged): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/site', (c) => c.json(showSite(site)))

  routes.post('/virtual-proxies', async (c) => {
    const form = await readForm(c.env.incoming)
    if (form === undefined) return c.json(wrongBody, 400)
    const { virtualProxies, nodes } = site.repository
    const before = typeof form.id === 'string' ? virtualProxies.find(form.id) : undefined
    const others = virtualProxies.list().filter(({ id }) => id !== before?.id)
    const reading = readVirtualProxyForm(form, { before, others, nodes: nodes.list() })
    if ('error' in reading) return c.json(reading, 400)
    const saved =
      before === undefined
        ? virtualProxies.add(reading.fields, { by })
        : virtualProxies.replace(before.id, reading.fields, { by })
    const notices = noticesOn(saved, nodesServing(site, saved.id).length)
    return c.json({ id: saved.id, notices }, before === undefined ? 201 : 200)
  })
  routes.delete('/virtual-proxies/:id', (c) => {
    const { virtualProxies } = site.repository
    const found = virtualProxies.find(c.req.param('id'))
    if (found === undefined || found.defaultVirtualProxy) return c.json(absent, 404)
    for (const nodeId of nodesServing(site, found.id)) setLink(site, found.id, nodeId, false)
    virtualProxies.remove(found.id)
    return c.body(null, 204)
  })
  routes.on(['PUT', 'DELETE'], '/virtual-proxies/:id/links/:nodeId', (c) => {
    const { id, nodeId } = c.req.param()
    const { virtualProxies, nodes } = site.repository
    if (virtualProxies.find(id) === undefined || nodes.find(nodeId) === undefined)
      return c.json(absent, 404)
    setLink(site, id, nodeId, c.req.method === 'PUT')
    return c.body(null, 204)
  })

  routes.delete('/sessions/:handle', (c) => {
    const handle = c.req.param('handle')
    const ended = site.sessions.endWhere((one) => handleOf(one) === handle, 'OnSessionClosed')
    return ended.length === 0 ? c.json(absent, 404) : c.body(null, 204)
  })
  routes.delete('/users/:id/sessions', (c) => {
    const user = site.repository.users.find(c.req.param('id'))
    if (user === undefined) return c.json(absent, 404)
    const ended = site.sessions.endWhere((one) => isSessionOf(user, one), 'OnSessionClosed')
    return c.json({ ended: ended.length })
  })
  routes.patch('/users/:id', async (c) => {
    const { users } = site.repository
    const user = users.find(c.req.param('id'))
    const { blacklisted } = (await readForm(c.env.incoming)) ?? {}
    if (user === undefined) return c.json(absent, 404)
    if (typeof blacklisted !== 'boolean')
      return c.json({ error: 'Send {"blacklisted": true} or false' }, 400)
    users.replace(user.id, { ...user, blacklisted, inactive: blacklisted }, { by })
    return c.json({ blacklisted })
  })

  routes.post('/rules', async (c) => {
    const form = await readForm(c.env.incoming)
    if (form === undefined) return c.json(wrongBody, 400)
    const reading = readRuleForm(form)
    if ('error' in reading) return c.json(reading, 400)
    const { id, name } = site.repository.systemRules.add(reading.fields, { by })
    return c.json({ id, name }, 201)
  })
  routes.patch('/rules/:id', async (c) => {
    const { systemRules } = site.repository
    const rule = systemRules.find(c.req.param('id'))
    const { disabled } = (await readForm(c.env.incoming)) ?? {}
    if (rule === undefined) return c.json(absent, 404)
    if (typeof disabled !== 'boolean')
      return c.json({ error: 'Send {"disabled": true} or false' }, 400)
    systemRules.replace(rule.id, { ...rule, disabled }, { by })
    return c.json({ disabled })
  })
  routes.delete('/rules/:id', (c) =>
    site.repository.systemRules.remove(c.req.param('id')) ? c.body(null, 204) : c.json(absent, 404),
  )
  routes.get('/audit/:userId', (c) => {
    const user = site.repository.users.find(c.req.param('userId'))
    return user === undefined ? c.json(absent, 404) : c.json(auditUser(site, user))
  })
  return routes
}

/** Links a virtual proxy to the proxy of a node, or ends that. */
function setLink(
  { repository }: Pick<ClientManaged, 'repository'>,
  virtualProxyId: string,
  nodeId: string,
  isLinked: boolean,
): void {
  if (isLinked) {
    repository.link(virtualProxyId, nodeId)
    return
  }
  for (const { id, settings, ...others } of repository.proxyServices.list()) {
    if (others.serverNodeConfiguration.id !== nodeId) continue
    const virtualProxies = settings.virtualProxies.filter((one) => one.id !== virtualProxyId)
    repository.proxyServices.replace(
      id,
      { ...others, settings: { ...settings, virtualProxies } },
      { by },
    )
  }
}
