import { listNames } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { SessionFilter } from '../gateway.ts'
import type { GatewaySession, GatewaySessions, SessionPlace } from '../session/gateway-session.ts'
import type { ReadSites } from './read-sites.ts'

type Places = Pick<ReadSites, 'sites' | 'upstreams'>

/** Ends the sessions that were kept before the gateway lost their site, or their site got another deployment. */
export async function endMisplaced(sessions: GatewaySessions, places: Places): Promise<void> {
  const names = new Set(places.upstreams.map(({ name }) => name))
  const sites = new Map(places.sites.map((one) => [one.site.publicUrl, one]))
  const isPlaced = ({ site, upstream }: SessionPlace): boolean => {
    const known = sites.get(site)
    return known !== undefined && names.has(upstream) && (known.upstream ?? upstream) === upstream
  }
  const misplaced = sessions.list().filter((session) => !isPlaced(session))
  await Promise.all(misplaced.map((session) => sessions.end(session, 'revoked')))
}

/**
 * Finds the sessions that `endSessions` means.
 *
 * @throws ERR_GATEWAY_OPTION for a site or an upstream that there is not: a typing error must not look as if nobody
 * had a session
 */
export function findSessions(
  sessions: Pick<GatewaySessions, 'list'>,
  which: SessionFilter,
  { sites, upstreams }: Places,
): readonly GatewaySession[] {
  if ('all' in which) return sessions.list()
  if ('sessionId' in which) return sessions.list().filter(({ id }) => id === which.sessionId)
  const { subject, site, upstream }: { subject?: string } & Partial<SessionPlace> = which
  if (subject === undefined && site === undefined && upstream === undefined)
    throw refused('endSessions', 'needs subject, sessionId, site, upstream or all')
  assertName('site', site, () => sites.map((one) => one.site.publicUrl))
  assertName('upstream', upstream, () => upstreams.map(({ name }) => name))
  return sessions.list(which)
}

function assertName(option: string, name: string | undefined, known: () => readonly string[]) {
  if (name !== undefined && !known().includes(name))
    throw refused(option, `is not one that this gateway has: ${listNames(known(), 'and')}`)
}

/** How many sessions there are of each deployment. */
export function countSessions(
  sessions: Pick<GatewaySessions, 'list'>,
): (upstream: string) => number {
  const counts = new Map<string, number>()
  for (const { upstream } of sessions.list()) counts.set(upstream, (counts.get(upstream) ?? 0) + 1)
  return (upstream) => counts.get(upstream) ?? 0
}

const refused = (option: string, problem: string) =>
  gatewayErrors.ERR_GATEWAY_OPTION({ option, problem })
