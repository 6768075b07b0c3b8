import type { Hono } from 'hono'
import type { ClientManaged } from '../client-managed.ts'
import { refuseWith } from '../proxy/answers.ts'
import { toQualifiedName } from '../proxy/sessions.ts'
import { newHead } from '../repository/entity.ts'
import { newUser, type User, type UserName } from '../repository/users.ts'
import { refuseAt, type ServiceEnv, servicePort } from '../service-port.ts'
import { readSecurityHeader, readUserHeader } from './injected-headers.ts'
import { qrsRoutes } from './qrs-routes.ts'
import { toProxyRefusal } from './recorded-refusal.ts'

/** A user of the repository, or one who is named and not kept: rules see names all the same. */
function userNamed({ repository, clock }: ClientManaged, name: UserName): User {
  return repository.findUser(name) ?? { ...newUser(name), ...newHead(clock.now()) }
}

/** The port of QRS: a client certificate opens it, and `X-Qlik-User` says as whom. */
export function qrsPort(site: ClientManaged): Hono<ServiceEnv> {
  const app = servicePort(site)
  const routes = qrsRoutes(site)
  app.all('*', (c) => {
    const { incoming } = c.env
    const name = readUserHeader(incoming)
    if (name === undefined) {
      const detail = 'X-Qlik-User is missing, or is not of the form UserDirectory=…; UserId=…'
      return refuseAt(c, refuseWith(403, 'Forbidden', { detail }))
    }
    const { context, environment } = readSecurityHeader(incoming)
    const { qrsContextOfCertificate } = site.switches.get()
    const userName = toQualifiedName(name)
    c.set('userId', userName)
    return routes.fetch(c.req.raw, {
      ...c.env,
      qrs: {
        caller: {
          requester: { user: userNamed(site, name), environment },
          userName,
          context: context ?? (qrsContextOfCertificate === 'management' ? 'qmc' : 'hub'),
          contextBy: context === undefined ? 'qrsContextOfCertificate' : undefined,
        },
        path: new URL(c.req.url).pathname,
        onRefusal: (refusal) => c.set('refusal', toProxyRefusal(refusal)),
      },
    })
  })
  return app
}
