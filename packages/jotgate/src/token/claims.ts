import { valueOrThrow } from '../values/index.ts'
import { type ClientManagedDeployment, constantDirectory } from './client-managed.ts'
import { type ClientManagedUser, readClientManagedUser } from './client-managed-user.ts'
import type { CloudDeployment, Deployment } from './deployment.ts'
import { type CloudUser, readCloudUser, toUserError, type User } from './user.ts'

/** A token's ID and timestamps, in seconds since 1970 (RFC 7519 NumericDate). */
export interface TokenStamp {
  jti: string
  issuedAt: number
  notBefore: number
  expiresAt: number
}

/** The payload of a token for Qlik Cloud, in the order in which it is written. */
export interface CloudClaims {
  sub: string
  subType: 'user'
  name: string
  email: string
  email_verified: boolean
  groups?: readonly string[]
  jti: string
  iat: number
  nbf: number
  exp: number
  iss: string
  aud: string
}

/** The payload of a token for client-managed Qlik; the deployment names the other claims. */
export interface ClientManagedClaims {
  jti: string
  iat: number
  nbf: number
  exp: number
  aud?: string
  [name: string]: unknown
}

/** The claims of a token for this deployment. */
export type ClaimsOf<For extends Deployment> = For extends CloudDeployment
  ? CloudClaims
  : ClientManagedClaims

/** The audience of every token for Qlik Cloud. */
export const cloudAudience = 'qlik.api/login/jwt-session'

/**
 * Turns a user into the claims that a deployment reads.
 *
 * For Qlik Cloud, `groups` is omitted when there are none, and `email_verified` is false unless the host
 * application says otherwise. Nothing else is sent: Qlik Cloud reads no other claim.
 *
 * For client-managed Qlik, the deployment names the claims. Groups are an array of names, an attribute is
 * an `AttributeValue` in its JSON form; attributes without a name there are not sent. `exp` is always set.
 *
 * @param deployment whom the token is for
 * @param user the person that the token identifies
 * @param stamp its `jti` and its timestamps, in seconds since 1970
 * @throws ERR_TOKEN_USER when a field is missing, or is not plain text within its bounds
 * @see https://qlik.dev/apis/rest/login/ and
 * https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/; for client-managed
 * Qlik "JWT authentication" on help.qlik.com
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const claims = claimsFor(
 *   tenant,
 *   { subject: '42', name: 'Ada', email: 'ada@acme.example' },
 *   { jti: 'Xa0y…', issuedAt: 1767225600, notBefore: 1767225595, expiresAt: 1767225655 },
 * )
 */
export function claimsFor<For extends Deployment>(
  deployment: For,
  user: User,
  stamp: TokenStamp,
): ClaimsOf<For> {
  return prepareClaims(deployment, user)(stamp) as ClaimsOf<For>
}

/** Checks the user now and makes the claims later: a token's timestamps are those of its signature. */
export function prepareClaims(
  deployment: Deployment,
  user: User,
): (stamp: TokenStamp) => CloudClaims | ClientManagedClaims {
  if (typeof user !== 'object' || user === null) throw new TypeError('A user is needed')
  if (deployment.product === 'client-managed') {
    const checked = valueOrThrow(readClientManagedUser(deployment, user), toUserError)
    return (stamp) => toClientManagedClaims(deployment, checked, stamp)
  }
  const checked = valueOrThrow(readCloudUser(user), toUserError)
  return (stamp) => toCloudClaims(deployment, checked, stamp)
}

/** By entries: a claim's name comes from the deployment, and assignment would lose `__proto__`. */
function toClientManagedClaims(
  { claims, audience }: ClientManagedDeployment,
  user: ClientManagedUser,
  stamp: TokenStamp,
): ClientManagedClaims {
  const named: [string, unknown][] = [[claims.userId, user.userId]]
  if (constantDirectory(claims) === undefined)
    named.push([claims.userDirectory, user.userDirectory])
  if (claims.groups !== undefined && user.groups.length > 0)
    named.push([claims.groups, user.groups])
  return Object.fromEntries([
    ...named,
    ...user.attributes,
    ['jti', stamp.jti],
    ['iat', stamp.issuedAt],
    ['nbf', stamp.notBefore],
    ['exp', stamp.expiresAt],
    ...(audience === undefined ? [] : [['aud', audience]]),
  ]) as ClientManagedClaims
}

function toCloudClaims(
  deployment: CloudDeployment,
  user: CloudUser,
  stamp: TokenStamp,
): CloudClaims {
  return {
    sub: user.subject,
    subType: 'user',
    name: user.name,
    email: user.email,
    email_verified: user.emailVerified,
    ...(user.groups.length > 0 ? { groups: user.groups } : {}),
    jti: stamp.jti,
    iat: stamp.issuedAt,
    nbf: stamp.notBefore,
    exp: stamp.expiresAt,
    iss: deployment.issuer,
    aud: cloudAudience,
  }
}
