import type { ClientManaged } from '../client-managed.ts'
import { toRequester } from '../proxy/ask-rules.ts'
import type { Requester, Resource } from '../repository/rules/question.ts'
import type { User } from '../repository/users.ts'
import { isSessionOf } from './show-site.ts'

const reasons = {
  condition: 'its condition does not hold',
  action: 'it does not allow to read',
  context: 'it is for the QMC only',
  disabled: 'it is disabled',
  unreadable: 'its condition cannot be read',
} as const

/**
 * Which streams and apps rules let a user read in the hub, and by which rule; with the attributes of the user's newest
 * session, since rules see them.
 */
export function auditUser(site: Pick<ClientManaged, 'repository' | 'sessions'>, user: User) {
  const { repository } = site
  const session = site.sessions
    .list()
    .filter((one) => isSessionOf(user, one))
    .at(-1)
  const requester: Requester = session === undefined ? { user } : toRequester(site, session)
  const audit = (kind: 'Stream' | 'App', name: string, entity: Resource['entity']) => {
    const resource = { type: kind, entity }
    const question = { requester, resource, action: 'read', context: 'hub' } as const
    const { allowed, rule, others } = repository.decide(question)
    const detail = others.map((one) => `${one.rule.name}: ${reasons[one.because]}`).join('; ')
    return {
      kind,
      name,
      isAllowed: allowed,
      ...(rule === undefined ? {} : { rule: rule.name }),
      ...(detail === '' ? {} : { detail }),
    }
  }
  return {
    attributes: session === undefined ? ('none' as const) : ('session' as const),
    rows: [
      ...repository.streams.list().map((one) => audit('Stream', one.name, one)),
      ...repository.apps.list().map((one) => audit('App', one.name, one)),
    ],
  }
}
