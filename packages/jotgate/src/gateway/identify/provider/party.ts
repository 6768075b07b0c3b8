import { type JsonObject, ownMember } from '../../../values/index.ts'
import { notIdentified } from '../token/not-identified.ts'

/** For whom a provider's tokens are, and who may have asked for them. */
export interface Parties {
  readonly audiences: readonly string[]
  readonly clients: readonly string[]
  /** Whether a client may come in its own name. */
  readonly acceptsClients: boolean
}

/**
 * Where a token names the client that asked for it: `azp` (OpenID Connect Core section 2; Auth0, Keycloak, Microsoft
 * Entra v2), `client_id` (RFC 9068; Amazon Cognito), `cid` (Okta), `appid` (Microsoft Entra v1, AD FS).
 */
const clientClaims = ['azp', 'client_id', 'cid', 'appid']

/** Keycloak says in `typ` of the claims what a token is: these are for itself, or end a session. */
const otherKinds = /^(refresh|offline|logout|initialaccesstoken|registrationaccesstoken)$/i

/**
 * Checks that a token is for this gateway, by a client that is configured, and about a person.
 *
 * @throws ERR_GATEWAY_NOT_IDENTIFIED
 */
export function checkParties(claims: JsonObject, { audiences, clients, acceptsClients }: Parties) {
  const typ = ownMember(claims, 'typ')
  if (typeof typ === 'string' && otherKinds.test(typ))
    throw notIdentified('the token is of another type')
  const given = [ownMember(claims, 'aud')].flat()
  if (!given.some((one) => typeof one === 'string' && audiences.includes(one)))
    throw notIdentified('the token is not for this gateway (`aud`)')
  const named = clientClaims.flatMap((name) =>
    Object.hasOwn(claims, name) ? [ownMember(claims, name)] : [],
  )
  // An ID token for one client need not name it but as its audience.
  const parties = named.length > 0 ? named : given.length === 1 ? given : [undefined]
  if (!parties.every((one) => typeof one === 'string' && clients.includes(one)))
    throw notIdentified('the token was given to a client that is not configured (`clientId`)')
  if (!acceptsClients && isClientItself(claims, parties))
    throw notIdentified('the token is about a client, not about a person')
}

/**
 * SECURITY: a client may be called as a person is (RFC 9700 section 4.15). A client itself is its own subject (RFC
 * 9068 section 5); Auth0 has `gty`, Microsoft Entra `idtyp`, or the object ID for the subject, Keycloak a name of its own.
 */
function isClientItself(claims: JsonObject, parties: readonly unknown[]): boolean {
  const sub = ownMember(claims, 'sub')
  const name = ownMember(claims, 'preferred_username')
  return (
    parties.includes(sub) ||
    ownMember(claims, 'gty') === 'client-credentials' ||
    ownMember(claims, 'idtyp') === 'app' ||
    (sub !== undefined && ownMember(claims, 'oid') === sub) ||
    (typeof name === 'string' && name.startsWith('service-account-'))
  )
}
