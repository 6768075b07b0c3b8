import type { Advice } from '../../control/recorder.ts'
import type { ClientManaged } from '../client-managed.ts'
import type { VirtualProxyConfig } from '../repository/virtual-proxy.ts'
import type { Authentication } from './authenticate.ts'

/** Names that tokens commonly have for groups. */
const groupNames = ['group', 'groups', 'Group', 'roles', 'memberOf']

/** What is worth saying of a request that was let in by its token: traps that no answer tells. */
export function noticeOn(
  { sessions, switches }: Pick<ClientManaged, 'sessions' | 'switches'>,
  { jwtAttributeMap }: VirtualProxyConfig,
  { session, isNew, token }: Extract<Authentication, { kind: 'session' }>,
): Advice | undefined {
  if (token === undefined) return undefined
  const { all } = sessions.countParallel(session)
  const { parallelSessions } = switches.get()
  if (isNew && all > parallelSessions)
    return {
      why: `This is session ${all} of the user, and ${parallelSessions} may open web sockets: a request with a token and no cookie opens a session.`,
      next: 'Keep the cookie of the first answer, and send it with each later request.',
    }
  const mapped = jwtAttributeMap.map(({ jwtAttribute }) => jwtAttribute)
  const unread = groupNames.filter((name) => Object.hasOwn(token.claims, name))
  if (unread.length === 0 || unread.some((name) => mapped.includes(name))) return undefined
  return {
    why: `The token has ${unread.join(' and ')}, which the attribute map of the virtual proxy does not read.`,
    next: 'Add it to the attribute map: left the name in the token, right group.',
  }
}
