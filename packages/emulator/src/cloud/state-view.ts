import { type Cloud, groupNamesOf } from './cloud.ts'
import { endSessionsWhere } from './sessions/sessions.ts'
import { newTextId } from './state/identifiers.ts'
import { exportTenant, importTenant, type TenantSnapshot } from './tenant-snapshot.ts'
import { isTenantAdmin } from './users/roles.ts'

export interface UserView {
  readonly id: string
  readonly subject: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
  readonly isAdmin: boolean
}

export interface SessionView {
  /** A name of the session; not the cookie's value. */
  readonly id: string
  readonly userId: string
  readonly startedAt: string
  readonly lastActiveAt: string
  readonly openSockets: number
}

export interface IdentityProviderView {
  readonly id: string
  readonly issuer: string
  readonly keyId: string
}

export interface WebIntegrationView {
  readonly id: string
  readonly name: string
  readonly validOrigins: readonly string[]
}

/** What tests may look at and do without HTTP. Each list is a copy. */
export interface TenantView {
  users(): UserView[]
  sessions(): SessionView[]
  identityProviders(): IdentityProviderView[]
  webIntegrations(): WebIntegrationView[]
  /** Lets these IPv4 addresses and ranges in alone, as an administrator at one of them does; all when empty. */
  allowOnly(addresses: readonly string[]): void
  /** Ends one session, as its log-out would; false when there is none. */
  endSession(id: string): boolean
  /** Ends all sessions of a user; gives how many. */
  endSessionsOf(userId: string): number
  /** What was set up, as JSON: for a file, and for `import`. Without sessions, API keys, tokens, OAuth clients and IP policies. */
  export(): TenantSnapshot
  /**
   * Puts an exported state in the place of this one; sessions end.
   *
   * @throws `EmulatorError` ERR_EMULATOR_STATE when it is not one; nothing changes then
   */
  import(snapshot: unknown): void
}

export function toTenantView(cloud: Cloud): TenantView {
  return {
    users: () =>
      [...cloud.state.users.values()].map((user) => ({
        id: user.id,
        subject: user.subject,
        name: user.name,
        email: user.email,
        groups: groupNamesOf(cloud.state, user),
        isAdmin: isTenantAdmin(cloud.state, user),
      })),
    sessions: () =>
      [...cloud.state.sessions.values()].map((session) => ({
        id: session.id,
        userId: session.userId,
        startedAt: new Date(session.startedAtMs).toISOString(),
        lastActiveAt: new Date(session.lastActiveAtMs).toISOString(),
        openSockets: session.sockets.size,
      })),
    identityProviders: () =>
      [...cloud.state.identityProviders.values()].map(({ id, issuer, keyId }) => ({
        id,
        issuer,
        keyId,
      })),
    webIntegrations: () =>
      [...cloud.state.webIntegrations.values()].map(({ id, name, validOrigins }) => ({
        id,
        name,
        validOrigins: [...validOrigins],
      })),
    allowOnly(allowedIps) {
      const { ipPolicies } = cloud.state
      ipPolicies.clear()
      if (allowedIps.length === 0) return
      const at = cloud.clock.now().toISOString()
      const times = { createdAt: at, updatedAt: at }
      const id = newTextId()
      ipPolicies.set(id, { id, name: 'by a test', allowedIps, enabled: true, ...times })
    },
    endSession: (id) =>
      endSessionsWhere(cloud.state, (session) => session.id === id, 'Ended by a test') > 0,
    export: () => exportTenant(cloud),
    import: (snapshot) => importTenant(cloud, snapshot),
    endSessionsOf: (userId) =>
      endSessionsWhere(cloud.state, (session) => session.userId === userId, 'Ended by a test'),
  }
}
