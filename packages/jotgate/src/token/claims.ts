import type { CloudDeployment, Deployment } from './deployment.ts'
import { type CloudUser, parseCloudUser, type User } from './user.ts'

/** When a token is valid and what it is called. Times are seconds since 1970 (RFC 7519 NumericDate). */
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

const cloudAudience = 'qlik.api/login/jwt-session'

/**
 * Turns a user into the claims that a deployment reads.
 *
 * For Qlik Cloud `groups` is left out when there are none, and `email_verified` is false unless the
 * host application says otherwise. Nothing else is sent: Qlik Cloud reads no other claim.
 *
 * @param deployment whom the token is for
 * @param user whom it speaks of
 * @param stamp its `jti` and its times, in seconds since 1970
 * @throws ERR_TOKEN_USER when the user lacks something or a field is not plain text within its bound
 * @see https://qlik.dev/apis/rest/login/ and
 * https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const claims = claimsFor(
 *   tenant,
 *   { subject: '42', name: 'Ada', email: 'ada@acme.example' },
 *   { jti: 'Xa0y…', issuedAt: 1767225600, notBefore: 1767225595, expiresAt: 1767225655 },
 * )
 */
export function claimsFor(deployment: Deployment, user: User, stamp: TokenStamp): CloudClaims {
  return prepareClaims(deployment, user)(stamp)
}

/** Checks the user now and gives the claims later: a token's times are those of its signature. */
export function prepareClaims(
  deployment: Deployment,
  user: User,
): (stamp: TokenStamp) => CloudClaims {
  const cloudUser = parseCloudUser(user)
  return (stamp) => toCloudClaims(deployment, cloudUser, stamp)
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
