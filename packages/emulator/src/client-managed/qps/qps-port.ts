import type { Context, Hono } from 'hono'
import { readJson } from '../../http/read-body.ts'
import type { ClientManaged } from '../client-managed.ts'
import { refuseWith } from '../proxy/answers.ts'
import { readEnvironment } from '../proxy/environment.ts'
import { nodeAt } from '../proxy/node-at.ts'
import { isSameUser, type ProxySession } from '../proxy/sessions.ts'
import { refuseAt, type ServiceEnv, servicePort } from '../service-port.ts'
import { type LoginBody, readLoginBody, renderSession, renderUser } from './session-body.ts'

/** One virtual proxy on one node: what an address of QPS is about. */
interface Place {
  readonly virtualProxyId: string
  readonly nodeId: string
}

type Answer = Response | Promise<Response>
type Handler = (c: Context<ServiceEnv>, place: Place) => Answer

const notFound = (detail: string) => refuseWith(404, 'Not Found', { detail })
const noSession = notFound('There is no such session on this virtual proxy and node')
const wrongBody = refuseWith(400, 'Missing parameter value(s)', {
  detail: 'The body wants UserDirectory and UserId, and Attributes as a list of {"name":"value"}',
})

/** The user, attributes and session ID that a body names. */
async function readBodyOf(c: Context<ServiceEnv>): Promise<LoginBody | undefined> {
  const reading = await readJson(c.env.incoming)
  return 'value' in reading ? readLoginBody(reading.value) : undefined
}

/** What one can do to the sessions of a place. */
function sessionHandlers(site: ClientManaged) {
  const { sessions, switches } = site
  const param = (c: Context<ServiceEnv>, name: string) => c.req.param(name) ?? ''
  const sessionsAt = ({ virtualProxyId, nodeId }: Place) => {
    const areShared = switches.get().sessionsOfNodes === 'shared'
    return (session: ProxySession) =>
      session.virtualProxyId === virtualProxyId && (areShared || session.nodeId === nodeId)
  }
  const ofUser = (c: Context<ServiceEnv>, place: Place) => {
    const user = { directory: param(c, 'directory'), id: param(c, 'id') }
    const isHere = sessionsAt(place)
    return (session: ProxySession) => isHere(session) && isSameUser(session.user, user)
  }
  const list: Handler = (c, place) => {
    sessions.endOverdue()
    return c.json(sessions.list().filter(sessionsAt(place)).map(renderSession))
  }
  const get: Handler = (c, place) => {
    const session = sessions.find({ id: param(c, 'id'), ...place })
    return session === undefined ? refuseAt(c, noSession) : c.json(renderSession(session))
  }
  const end: Handler = (c, place) => {
    const session = sessions.find({ id: param(c, 'id'), ...place })
    if (session === undefined) return refuseAt(c, noSession)
    sessions.end(session.id, switches.get().qpsNotification)
    return c.json(renderSession(session))
  }
  const add: Handler = async (c, place) => {
    const body = await readBodyOf(c)
    if (body === undefined) return refuseAt(c, wrongBody)
    const { user, attributes, sessionId: id } = body
    if (sessions.list().some((session) => session.id === id))
      return refuseAt(c, refuseWith(400, 'The session exists already'))
    const isNewUser = site.repository.findUser(user) === undefined
    site.repository.provideUser(user)
    const environment = readEnvironment(c.env.incoming)
    const own = id === undefined ? {} : { id }
    const session = sessions.open({ ...place, user, attributes, environment, ...own })
    const answer = { ...renderSession(session), NewUser: isNewUser }
    return c.json(answer, switches.get().qpsSessionAddStatus)
  }
  const listUser: Handler = (c, place) => {
    sessions.endOverdue()
    return c.json(sessions.list().filter(ofUser(c, place)).map(renderSession))
  }
  const endUser: Handler = (c, place) => {
    const ended = sessions.endWhere(ofUser(c, place), switches.get().qpsNotification)
    return c.json(ended.map(renderSession))
  }
  const giveTicket: Handler = async (c, { virtualProxyId }) => {
    const body = await readBodyOf(c)
    if (body === undefined) return refuseAt(c, wrongBody)
    const { user, attributes } = body
    const ticket = site.tickets.issue({ virtualProxyId, user, attributes })
    return c.json({ ...renderUser(user, attributes), Ticket: ticket, TargetUri: null }, 201)
  }
  return { list, get, end, add, listUser, endUser, giveTicket }
}

/**
 * The port of QPS on one node. Sessions, users and tickets are those of the virtual proxy in the path; the default
 * one has no segment.
 */
export function qpsPort(site: ClientManaged, nodeIndex: number): Hono<ServiceEnv> {
  const app = servicePort(site)
  const handlers = sessionHandlers(site)
  const at = (handler: Handler) => (c: Context<ServiceEnv>) => {
    const { nodeId } = nodeAt(site.repository, nodeIndex)
    const found = site.repository.virtualProxyAt(c.req.param('prefix') ?? '', nodeId)
    return found === undefined
      ? refuseAt(c, notFound('No virtual proxy of this proxy has the prefix'))
      : handler(c, { virtualProxyId: found.id, nodeId })
  }
  app.get('/qps/alive', (c) => c.json({ value: true }))
  app.get('/qps/health', (c) => c.json({ value: true }))
  for (const base of ['/qps', '/qps/:prefix']) {
    app.get(`${base}/session`, at(handlers.list))
    app.post(`${base}/session`, at(handlers.add))
    app.get(`${base}/session/:id`, at(handlers.get))
    app.delete(`${base}/session/:id`, at(handlers.end))
    app.get(`${base}/user/:directory/:id`, at(handlers.listUser))
    app.delete(`${base}/user/:directory/:id`, at(handlers.endUser))
    app.post(`${base}/ticket`, at(handlers.giveTicket))
  }
  app.notFound((c) => refuseAt(c, notFound('The emulator has no such address of QPS')))
  return app
}
