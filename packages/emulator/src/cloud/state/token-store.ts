import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** An API key: it acts as its user. */
export interface ApiKey {
  readonly id: string
  readonly userId: string
  readonly createdByUser: string
  description: string
  /** ISO 8601, when the key stops to count. */
  readonly expiry: string
  readonly expiresAtMs: number
  status: 'active' | 'revoked'
  readonly created: string
  lastUpdated: string
  /** Of the token; the token itself is shown once. */
  readonly digest: string
}

/** An OAuth client, with the digests of its secrets. */
export interface OAuthClient {
  readonly clientId: string
  readonly appType: string
  clientName: string
  description: string
  allowedOrigins: readonly string[]
  redirectUris: readonly string[]
  allowedScopes: readonly string[]
  allowedGrantTypes: readonly string[]
  allowedAuthMethods: readonly string[]
  /** By which the client proves itself with `private_key_jwt`: JWKs. */
  publicKeys: readonly Readonly<Record<string, unknown>>[]
  /** The jti of each assertion that was used, with its exp. */
  readonly usedAssertions: Map<string, number>
  consentMethod: 'required' | 'trusted'
  secrets: readonly SecretRecord[]
  publishedAt?: string
  readonly createdAt: string
  updatedAt: string
}

interface SecretRecord {
  readonly digest: string
  readonly hint: string
  readonly createdAt: string
}

/** An access token of OAuth: opaque to those who hold it. */
export interface AccessToken {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  readonly scope: readonly string[]
  readonly expiresAtMs: number
  /** `websocket`: good in the query of a web socket, and nowhere else. */
  readonly purpose: 'api' | 'websocket'
  readonly description: string
  readonly createdAtMs: number
}

/** Keys, clients and tokens of a tenant. */
export interface TokenStore {
  readonly apiKeys: Map<string, ApiKey>
  readonly clients: Map<string, OAuthClient>
  /** By digest. */
  readonly accessTokens: Map<string, AccessToken>
  /** Signs API keys, which are JWTs for their holder to look into. */
  readonly apiKeySigner: KeyObject
}

/** By which a secret is known again: the store itself holds no secret. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

export function createTokenStore(): TokenStore {
  return {
    apiKeys: new Map(),
    clients: new Map(),
    accessTokens: new Map(),
    apiKeySigner: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  }
}
