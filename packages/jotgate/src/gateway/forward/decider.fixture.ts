import { productFor, type QlikSession, restoreSession } from '../../qlik/index.ts'
import { cloud, type User } from '../../token/index.ts'
import type { Identity } from '../identify/identity.ts'
import { nodesAt } from '../nodes/nodes.fixture.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import { createGatewaySessions } from '../session/gateway-sessions.ts'
import { here } from '../session/place.fixture.ts'
import { personNamed } from '../session/session.fixture.ts'
import { createUpstream } from '../session/upstream.ts'
import type { UpstreamSession } from '../session/upstream-session.ts'
import { readSite } from '../site.ts'
import { memoryStore } from '../store/memory-store.ts'
import { type AllowListOptions, createAllowList } from './allow-list.ts'
import { createBasePath } from './base-path.ts'
import { createDecider, type DecideParts } from './decide.ts'
import type { RefusedPathLine } from './refused-paths.ts'
import { createRequestHeaders } from './request-headers.ts'

export const gatewayUrl = 'https://qlik.acme.example'
export const pageOrigin = 'https://www.acme.example'
const site = readSite(gatewayUrl, [pageOrigin])
const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
export const product = productFor(tenant)

/** A Qlik session of a user, as a login at the tenant gives it. */
export const qlikSessionOf = ({ subject }: Pick<User, 'subject'>): QlikSession =>
  restoreSession({
    product: 'cloud',
    url: tenant.url,
    cookies: { 'eas.sid': `sid-of-${subject}`, _csrfToken: `csrf-of-${subject}` },
    csrfToken: `csrf-of-${subject}`,
    openedAt: '2026-11-28T23:00:00Z',
  })

/** A decider with real sessions in memory; it counts what reaches the Qlik session. */
export async function startDecider(
  options: Partial<DecideParts> & {
    list?: Partial<AllowListOptions>
    clock?: () => number
  } = {},
) {
  const { list, clock = Date.now, ...parts } = options
  const sessions = await createGatewaySessions({ store: memoryStore(), clock })
  const seen = { opened: [] as string[], renewed: [] as string[], admitted: 0 }
  const denials: string[] = []
  const reported: Pick<RefusedPathLine, 'method' | 'path' | 'carried'>[] = []

  const nodes = nodesAt([tenant.url])
  const kept = { place: nodes.take(), lastUsedAt: 0, writtenAt: 0 }
  const upstreamOf = ({ user }: GatewaySession, as = user.subject): UpstreamSession =>
    createUpstream(`qlik-session-of-${user.subject}`, qlikSessionOf({ subject: as }), kept).shown

  /** Tokens that a program may send. */
  const identities = new Map<string, Identity>()

  const decider = createDecider({
    site,
    base: createBasePath(''),
    product,
    paths: createAllowList({ rules: product.gatewayRules, ...list }),
    refusedPaths: {
      note: (_request, method, path, carried) => {
        reported.push({ method, path, carried })
      },
    },
    sessions,
    upstreamSessions: {
      async sessionFor(session) {
        seen.opened.push(session.user.subject)
        return upstreamOf(session)
      },
      async renew(session, lost) {
        seen.renewed.push(lost.id)
        return upstreamOf(session, 'renewed')
      },
    },
    nodes,
    watch: { check: async () => undefined },
    programs: {
      identify: async (request: GatewayRequest) =>
        identities.get(request.field('authorization') ?? ''),
      async admit(_request, identity) {
        seen.admitted += 1
        const { session } = await sessions.open({
          identity,
          user: identity.user,
          holder: 'program',
          place: here,
        })
        return session
      },
    },
    requestHeaders: createRequestHeaders(site),
    audit: { countDenial: ({ reason }) => denials.push(reason) },
    ...parts,
  })

  return {
    ...decider,
    kept,
    sessions,
    seen,
    denials,
    reported,
    identities,
    /** A browser that is logged in: its session, and the value of its Cookie. */
    async logIn(subject: string) {
      const identity = personNamed(subject)
      const { session, secret } = await sessions.open({
        identity,
        user: identity.user,
        holder: 'browser',
        place: here,
      })
      return { session, cookie: `__Host-jotgate=${secret}` }
    },
    close: () => sessions.close(),
  }
}
