import type { Cloud } from '../cloud.ts'
import type { CloudUser } from '../state/state.ts'
import { type AccessToken, digestOf } from '../state/token-store.ts'
import { isTenantAdmin } from '../users/roles.ts'

/** Whom a bearer token stands for, and whether as an administrator. */
export interface TokenOwner {
  readonly user: CloudUser
  readonly isAdmin: boolean
  /** The OAuth client, whose allowed origins count for pages. */
  readonly clientId?: string
}

function activeUser(cloud: Cloud, userId: string): CloudUser | undefined {
  const user = cloud.state.users.get(userId)
  return user?.status === 'active' ? user : undefined
}

function toOwner(cloud: Cloud, token: AccessToken): TokenOwner | undefined {
  const user = activeUser(cloud, token.userId)
  if (user === undefined || token.expiresAtMs <= cloud.clock.now().getTime()) return undefined
  return { user, isAdmin: isTenantAdmin(cloud.state, user), clientId: token.clientId }
}

/** The owner of an API key or an access token that is valid now. */
export function findTokenOwner(cloud: Cloud, text: string): TokenOwner | undefined {
  const digest = digestOf(text)
  const { accessTokens, apiKeys } = cloud.state.tokens
  const access = accessTokens.get(digest)
  if (access !== undefined) return access.purpose === 'api' ? toOwner(cloud, access) : undefined
  for (const key of apiKeys.values()) {
    if (key.digest !== digest) continue
    const alive = key.status === 'active' && key.expiresAtMs > cloud.clock.now().getTime()
    const user = alive ? activeUser(cloud, key.userId) : undefined
    return user && { user, isAdmin: isTenantAdmin(cloud.state, user) }
  }
  return undefined
}

/** The owner of the `accessToken` in the query of a browser's web socket. */
export function findSocketTokenOwner(cloud: Cloud, text: string): TokenOwner | undefined {
  const token = cloud.state.tokens.accessTokens.get(digestOf(text))
  return token?.purpose === 'websocket' ? toOwner(cloud, token) : undefined
}
