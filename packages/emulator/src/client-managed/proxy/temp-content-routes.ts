import { Hono } from 'hono'
import type { ClientManaged } from '../client-managed.ts'
import { refuseWith } from './answers.ts'
import { type ProxyEnv, refuse, sessionOf } from './exchange.ts'
import { isSameUser } from './sessions.ts'

/** `/tempcontent/{id}/{name}`: what the user has exported. */
export function tempContentRoutes(site: ClientManaged): Hono<ProxyEnv> {
  return new Hono<ProxyEnv>().get('/tempcontent/:id/:name', (c) => {
    const found = site.tempContents.find(c.req.param('id'))
    const session = sessionOf(c)
    const isTheirs = found !== undefined && session && isSameUser(found.user, session.user)
    if (!isTheirs)
      return refuse(c, refuseWith(404, 'Not Found', { detail: 'There is no such file' }))
    const { name, type, body } = found.file
    c.header('content-type', type)
    c.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    return c.body(body)
  })
}
