import type { EngineUser } from '../../engine/index.ts'
import type { Repository } from '../repository/repository.ts'
import { type ProxySession, toQualifiedName } from './sessions.ts'

/** The values of an attribute, whose name counts in any case. */
function valuesOf({ attributes }: ProxySession, name: string): readonly string[] {
  return [...attributes].flatMap(([key, values]) => (key.toLowerCase() === name ? values : []))
}

/**
 * A user as the engine and section access know one: `USERID` is `DIRECTORY\user`, groups are those of the token and
 * those that the repository has.
 */
export function toEngineUser(repository: Repository, session: ProxySession): EngineUser {
  const known = repository.findUser(session.user)
  const qualified = toQualifiedName(session.user)
  const ofRepository = (type: string) =>
    (known?.attributes ?? [])
      .filter(({ attributeType }) => attributeType.toLowerCase() === type)
      .map(({ attributeValue }) => attributeValue)
  return {
    // One key for all spellings: the engine keeps one session for them.
    userId: qualified.toUpperCase(),
    subject: qualified,
    name: known?.name ?? session.user.id,
    email: valuesOf(session, 'email')[0] ?? ofRepository('email')[0] ?? '',
    groups: [...new Set([...valuesOf(session, 'group'), ...ofRepository('group')])],
  }
}
