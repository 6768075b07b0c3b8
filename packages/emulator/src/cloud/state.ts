import { type KeyObject, randomBytes } from 'node:crypto'
import { newHexId, newTextId } from './identifiers.ts'

/** A user of the tenant, found by `subject`. */
export interface CloudUser {
  readonly id: string
  readonly subject: string
  name: string
  email: string
  readonly isAdmin: boolean
  /** IDs of the groups that the user is in. */
  groupIds: readonly string[]
  readonly createdAt: string
  lastUpdatedAt: string
}

interface CloudGroup {
  readonly id: string
  readonly name: string
  readonly providerType: 'idp' | 'custom'
  readonly createdAt: string
  readonly createdBy: string
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

/** What a token opened. */
export interface CloudSession {
  /** A name that may be shown; the cookie's value stays inside. */
  readonly id: string
  readonly cookieValue: string
  readonly csrfToken: string
  readonly userId: string
  readonly identityProviderId: string
  readonly startedAtMs: number
  lastActiveAtMs: number
  readonly inactivityMs: number
  readonly lifespanMs: number
  /** Closes a web socket that hangs on this session. */
  readonly sockets: Set<(reason: string) => void>
}

/** All that one tenant knows. `reset` makes a new one. */
export interface CloudState {
  readonly tenantId: string
  readonly administrator: CloudUser
  readonly users: Map<string, CloudUser>
  readonly groups: Map<string, CloudGroup>
  readonly identityProviders: Map<string, IdentityProvider>
  readonly webIntegrations: Map<string, WebIntegration>
  /** By the value of `eas.sid`. */
  readonly sessions: Map<string, CloudSession>
  /** Issuer and jti of each token that opened a session → the second from which it is dead anyway. */
  readonly usedTokens: Map<string, number>
  /** Signs the cookies. */
  readonly cookieSecret: Buffer
  readonly settings: {
    autoCreateGroups: boolean
    readonly inactivityMinutes: number
    readonly lifespanMinutes: number
  }
}

/** Makes an empty tenant: one administrator, Qlik's default session times, no groups from tokens yet. */
export function createCloudState(now: Date): CloudState {
  const at = now.toISOString()
  const administrator: CloudUser = {
    id: newHexId(),
    subject: 'emulator|administrator',
    name: 'Emulator administrator',
    email: 'administrator@emulator.invalid',
    isAdmin: true,
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
    sessions: new Map(),
    usedTokens: new Map(),
    cookieSecret: randomBytes(64),
    settings: { autoCreateGroups: false, inactivityMinutes: 30, lifespanMinutes: 1440 },
  }
}
