import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { applyFaults } from '../control/faults/apply-faults.ts'
import { checkTarget } from '../http/request-target.ts'
import type { ClientManaged } from './client-managed.ts'
import { toFaultAnswer } from './errors/fault-answer.ts'
import { type ProxyRefusal, refuseWith, toRecordedRefusal } from './proxy/answers.ts'
import { describeExchange } from './proxy/record-exchange.ts'
import { checkXrfkey } from './proxy/xrfkey.ts'

/** What a request to the port of a service carries. */
export interface ServiceEnv {
  Bindings: HttpBindings
  Variables: { refusal?: ProxyRefusal; userId?: string; fault?: string }
}

/** Whether the connection brought a client certificate of the site's own authority. */
function isTrusted({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket && socket.authorized
}

/** The ID of a session is the value of its cookie: the record of requests does not have it. */
function recordedPath({ pathname }: URL): string {
  return pathname.replace(/(\/session\/)[^/]+/, '$1:id')
}

/** Answers with a refusal, and keeps it for the record. */
export function refuseAt(c: Context<ServiceEnv>, refusal: ProxyRefusal): Response {
  c.set('refusal', refusal)
  for (const [name, value] of Object.entries(refusal.headers)) c.header(name, value)
  return c.body(refusal.body, refusal.status as ContentfulStatusCode)
}

/**
 * The port of a service that takes client certificates, in the order in which a request passes: record, Host,
 * faults, certificate, Xrfkey. What it answers then is added to it.
 */
export function servicePort(site: ClientManaged): Hono<ServiceEnv> {
  const app = new Hono<ServiceEnv>()
  app.use(async (c, next) => {
    await next()
    const [refusal, userId, fault] = [c.get('refusal'), c.get('userId'), c.get('fault')]
    const url = new URL(c.req.url)
    site.recorder.add({
      product: site.product,
      ...describeExchange(site, c.env.incoming, url),
      path: recordedPath(url),
      caller: isTrusted(c.env.incoming) ? 'certificate' : 'nobody',
      ...(userId === undefined ? {} : { userId }),
      status: c.res.status,
      setCookies: [],
      ...(refusal === undefined ? {} : toRecordedRefusal(refusal)),
      ...(fault === undefined ? {} : { fault }),
    })
  })
  app.use(async (c, next) => {
    if (checkTarget(c.env.incoming) === undefined) return next()
    const detail = 'The emulator answers to localhost, *.localhost, 127.0.0.1 and [::1]'
    return refuseAt(c, refuseWith(400, 'Bad Request', { detail }))
  })
  app.use(applyFaults(site, toFaultAnswer))
  app.use(async (c, next) => {
    if (isTrusted(c.env.incoming)) return next()
    const { missingClientCertificate } = site.switches.get()
    if (missingClientCertificate === 'broken') c.env.incoming.socket.destroy()
    const detail = 'No client certificate of this site came: root.pem, client.pem, client_key.pem'
    return refuseAt(
      c,
      refuseWith(403, 'Forbidden', { detail, shapedBy: ['missingClientCertificate'] }),
    )
  })
  app.use(async (c, next) => {
    const refusal = checkXrfkey(c.env.incoming, new URL(c.req.url).searchParams)
    return refusal === undefined ? next() : refuseAt(c, refusal)
  })
  app.onError((error, c) => {
    process.emitWarning(error)
    return c.text('The emulator failed: see its standard error', 500)
  })
  return app
}
