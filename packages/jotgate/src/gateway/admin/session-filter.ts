import { gatewayErrors } from '../errors.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import type { ShownSession } from './shown-session.ts'

/** Which sessions are meant: all that is named must hold. */
export interface SessionChoice {
  readonly isMeant: (session: GatewaySession) => boolean
  /** Whether anything is named: without it, all are meant. */
  readonly isNarrow: boolean
  /** As the query names them, for the audit log. */
  readonly hostSubject?: string
  readonly subject?: string
}

/** What a session is looked up by. */
const names = ['hostSubject', 'subject', 'deployment', 'site'] as const

type Place = Pick<ShownSession, 'deployment' | 'site'>

/** What a gateway has: the names or addresses of its deployments, and the addresses of its sites. */
export type KnownPlaces = Readonly<Record<keyof Place, readonly string[]>>

/**
 * Reads the filters of a query. What is not known is refused: a filter that was mistyped must not mean everybody, nor
 * look as if nobody had a session.
 *
 * @param others what else the query may have
 * @throws ERR_GATEWAY_ADMIN_REQUEST (400)
 */
export function readSessionChoice(
  query: URLSearchParams,
  { placeOf, places }: { placeOf(session: GatewaySession): Place; readonly places: KnownPlaces },
  others: readonly string[],
): SessionChoice {
  for (const name of query.keys()) {
    if (![...names, ...others].includes(name))
      throw refused('has a filter other than hostSubject, subject, deployment and site')
    if (query.getAll(name).length > 1) throw refused(`has ${name} more than once`)
  }
  const wanted = new Map(
    names.flatMap((name) => {
      const value = query.get(name)
      if (value === '') throw refused(`has an empty ${name}`)
      return value === null ? [] : [[name, value] as const]
    }),
  )
  for (const name of ['deployment', 'site'] as const) {
    const value = wanted.get(name)
    if (value !== undefined && !places[name].includes(value))
      throw refused(`has a ${name} that this gateway does not have`)
  }
  const isOne = (name: (typeof names)[number], value: string | undefined) =>
    !wanted.has(name) || wanted.get(name) === value
  const [hostSubject, subject] = [wanted.get('hostSubject'), wanted.get('subject')]
  return {
    isNarrow: wanted.size > 0,
    ...(hostSubject !== undefined && { hostSubject }),
    ...(subject !== undefined && { subject }),
    isMeant(session) {
      if (!isOne('hostSubject', session.identity.subject)) return false
      if (!isOne('subject', session.user.subject)) return false
      if (!wanted.has('deployment') && !wanted.has('site')) return true
      const { deployment, site } = placeOf(session)
      return isOne('deployment', deployment) && isOne('site', site)
    },
  }
}

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_ADMIN_REQUEST({ problem })
