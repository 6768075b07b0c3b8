import type { EngineUser } from '../../engine/index.ts'
import type { Repository } from '../repository/repository.ts'
import { type ProxySession, toQualifiedName } from './sessions.ts'

/** The values of an attribute, whose name counts in any case. */
function valuesOf({ attributes }: ProxySession, name: string): readonly string[] {
  return [...attributes].flatMap(([key, values]) => (key.toLowerCase() === name ? values : []))
}

/**
 * A user as the engine and section access know one: `USERID` and `NTNAME` are `DIRECTORY\user`; `GROUP` is the attribute
 * `group` (Qlik Community 1567826), with the groups that the repository has. That `USER.NAME` and `USER.EMAIL` are the
 * attributes `name` and `email`, or else what the repository has, is the emulator's choice: no source says.
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
    name: valuesOf(session, 'name')[0] ?? known?.name ?? session.user.id,
    email: valuesOf(session, 'email')[0] ?? ofRepository('email')[0] ?? '',
    groups: [...new Set([...valuesOf(session, 'group'), ...ofRepository('group')])],
  }
}
