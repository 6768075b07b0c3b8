import type { ClientManaged } from '../client-managed.ts'
import type { App } from '../repository/apps.ts'
import type { Decision } from '../repository/rules/decide.ts'
import type { Requester, Resource } from '../repository/rules/question.ts'
import type { RequestContext, RuleAction } from '../repository/rules/system-rule.ts'
import type { ProxySession } from './sessions.ts'

/**
 * Somebody with a session, as security rules see them: the user of the repository, and as `user.environment` the
 * attributes of the login; with Extended security environment the browser's too.
 */
export function toRequester(
  { repository }: Pick<ClientManaged, 'repository'>,
  session: ProxySession,
): Requester {
  const user = repository.findUser(session.user)
  const config = repository.virtualProxies.find(session.virtualProxyId)
  const { os, device, browser, ip, isSecure } = session.environment
  const secureRequest = [String(isSecure)]
  const ofBrowser = { os: [os], device: [device], browser: [browser], ip: [ip], secureRequest }
  return {
    ...(user === undefined ? {} : { user }),
    isAnonymous: session.isAnonymous,
    environment: {
      ...(config?.extendedSecurityEnvironment ? ofBrowser : {}),
      ...Object.fromEntries(session.attributes),
    },
  }
}

/** Asks the security rules whether somebody with a session may do something to an entity. */
export function askRules(
  site: Pick<ClientManaged, 'repository'>,
  session: ProxySession,
  question: { resource: Resource; action?: RuleAction; context?: RequestContext },
): Decision {
  const { resource, action = 'read', context = 'hub' } = question
  return site.repository.decide({
    requester: toRequester(site, session),
    resource,
    action,
    context,
  })
}

/** Whether the rules let somebody read an app of the engine; what the repository does not have, nobody may. */
export function mayReadApp(
  site: Pick<ClientManaged, 'repository'>,
  session: ProxySession,
  appId: string,
): boolean {
  const entity: App | undefined = site.repository.apps.find(appId)
  return (
    entity !== undefined && askRules(site, session, { resource: { type: 'App', entity } }).allowed
  )
}
