import { type KeyObject, randomBytes } from 'node:crypto'
import type { CspOrigin } from './csp-origin.ts'
import { newHexId, newTextId } from './identifiers.ts'
import { type Licences, licencesOfNewTenant } from './licences.ts'
import { createPendingLogins, type PendingLogins } from './pending-logins.ts'
import { type Person, people } from './people.ts'
import { tenantAdminRoleId } from './role-list.ts'
import type { AppPlace, Assignment, Space } from './space.ts'
import { createTokenStore, type TokenStore } from './token-store.ts'

/** A user of the tenant, found by `subject`. */
export interface CloudUser {
  readonly id: string
  readonly subject: string
  name: string
  email: string
  status: 'active' | 'invited' | 'disabled'
  /** Roles of the user's own; those of their groups come on top. */
  roleIds: readonly string[]
  /** IDs of the groups that the user is in. */
  groupIds: readonly string[]
  picture?: string
  preferredLocale?: string
  preferredZoneinfo?: string
  /** Seconds since 1970, while the user is invited. */
  inviteExpiry?: number
  /** The OAuth client whose bot this is. */
  readonly clientId?: string
  readonly createdAt: string
  lastUpdatedAt: string
}

/** A group of the tenant. */
export interface CloudGroup {
  readonly id: string
  name: string
  description?: string
  readonly providerType: 'idp' | 'custom'
  roleIds: readonly string[]
  readonly createdAt: string
  readonly createdBy: string
  lastUpdatedAt: string
  updatedBy: string
}

/** A JWT identity provider: an issuer and a key ID that the tenant trusts, with one key. */
export interface IdentityProvider {
  readonly id: string
  readonly issuer: string
  readonly keyId: string
  /** As it was registered, for the answer. */
  readonly pem: string
  readonly publicKey: KeyObject
  /** Milliseconds since 1970, when a certificate was registered. */
  readonly certificateDates?: { readonly from: number; readonly to: number }
  readonly clockToleranceSec?: number
  /** Made with `active: false`: its tokens open no session. */
  readonly isInactive?: true
  description: string
  readonly created: string
  lastUpdated: string
}

export interface WebIntegration {
  readonly id: string
  name: string
  validOrigins: readonly string[]
  readonly created: string
  readonly createdBy: string
  lastUpdated: string
}

/** IPv4 addresses and ranges from which the tenant may be reached, once a policy is enabled. */
export interface IpPolicy {
  readonly id: string
  readonly name: string
  readonly allowedIps: readonly string[]
  readonly enabled: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

/** What a token, or an interactive login, opened. */
export interface CloudSession {
  /** A name that may be shown; the cookie's value stays inside. */
  readonly id: string
  readonly cookieValue: string
  readonly csrfToken: string
  readonly userId: string
  /** The identity provider that authenticated the user: a JWT provider's ID, or `interactive`. */
  readonly identityProviderId: string
  readonly startedAtMs: number
  lastActiveAtMs: number
  /** The switch by which the last request or frame did not count as activity. */
  uncountedBy?: EndingSwitch
  readonly inactivityMs: number
  readonly lifespanMs: number
  /** Closes a web socket that hangs on this session. */
  readonly sockets: Set<(reason: string) => void>
}

/** A switch that can end a session, or let it end. */
export type EndingSwitch =
  | 'restKeepsSession'
  | 'webSocketKeepsSession'
  | 'deletedProviderEndsSessions'
  | 'secondLogin'

/** A token whose jti is used up. */
export interface UsedToken {
  /** The second from which the token is refused for its age, so that this may be forgotten. */
  readonly deadFrom: number
  /** Whether it opened no session: it was refused, which counts by switch. */
  readonly wasRefused: boolean
}

/** Calls in the window that is running, of one user and tier. */
interface RateCount {
  readonly windowStartMs: number
  calls: number
}

/** All that one tenant knows. `reset` makes a new one. */
export interface CloudState {
  readonly tenantId: string
  readonly administrator: CloudUser
  readonly users: Map<string, CloudUser>
  readonly groups: Map<string, CloudGroup>
  readonly identityProviders: Map<string, IdentityProvider>
  readonly webIntegrations: Map<string, WebIntegration>
  readonly cspOrigins: Map<string, CspOrigin>
  readonly ipPolicies: Map<string, IpPolicy>
  /** By the value of `eas.sid`. */
  readonly sessions: Map<string, CloudSession>
  /** By issuer and jti: the tokens that may not come again. */
  readonly usedTokens: Map<string, UsedToken>
  /** By the value of `eas.sid`: the last sessions that ended because of a switch, and which. */
  readonly endedBySwitch: Map<string, EndingSwitch>
  /** Signs the cookies. */
  readonly cookieSecret: Buffer
  readonly settings: {
    autoCreateGroups: boolean
    /** Roles of everybody: those of the system group com.qlik.Everyone. */
    everyoneRoleIds: readonly string[]
    inactivityMinutes: number
    lifespanMinutes: number
    dynamicClientRegistration: boolean
    clientRegistrationMethods: readonly string[]
    maximumApiKeysPerUser: number
    maximumApiKeyExpiry: string
  }
  readonly createdAt: string
  readonly tokens: TokenStore
  readonly spaces: Map<string, Space>
  readonly assignments: Map<string, Assignment>
  /** By the app's ID: the space that it is in, when it is in one. */
  readonly appPlaces: Map<string, AppPlace>
  readonly licences: Licences
  /** Who can log in interactively: what the stand-in for the company's identity provider knows. */
  readonly people: Map<string, Person>
  readonly pendingLogins: PendingLogins
  readonly rateCounts: Map<string, RateCount>
}

/** The subject of the user that the administrator's key stands for. */
export const administratorSubject = 'emulator|administrator'

/** Makes an empty tenant: one administrator, Qlik's default session times, no groups from tokens yet. */
export function createCloudState(now: Date): CloudState {
  const at = now.toISOString()
  const administrator: CloudUser = {
    id: newHexId(),
    subject: administratorSubject,
    name: 'Emulator administrator',
    email: 'administrator@emulator.invalid',
    status: 'active',
    roleIds: [tenantAdminRoleId],
    groupIds: [],
    createdAt: at,
    lastUpdatedAt: at,
  }
  return {
    tenantId: newTextId(),
    administrator,
    users: new Map([[administrator.id, administrator]]),
    groups: new Map(),
    identityProviders: new Map(),
    webIntegrations: new Map(),
    cspOrigins: new Map(),
    ipPolicies: new Map(),
    sessions: new Map(),
    usedTokens: new Map(),
    endedBySwitch: new Map(),
    cookieSecret: randomBytes(64),
    settings: {
      autoCreateGroups: false,
      everyoneRoleIds: [],
      inactivityMinutes: 30,
      lifespanMinutes: 1440,
      dynamicClientRegistration: false,
      clientRegistrationMethods: [],
      maximumApiKeysPerUser: 5,
      maximumApiKeyExpiry: 'PT24H',
    },
    createdAt: at,
    tokens: createTokenStore(),
    spaces: new Map(),
    assignments: new Map(),
    appPlaces: new Map(),
    licences: licencesOfNewTenant(),
    people: new Map(people.map((person) => [person.subject, person])),
    pendingLogins: createPendingLogins(),
    rateCounts: new Map(),
  }
}
