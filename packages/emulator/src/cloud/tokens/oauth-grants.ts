import { randomBytes, randomUUID } from 'node:crypto'
import { isObject } from '../../http/read-body.ts'
import type { Cloud } from '../cloud.ts'
import type { QlikFailure } from '../error-envelope.ts'
import { newHexId } from '../state/identifiers.ts'
import { tenantAdminRoleId } from '../state/role-list.ts'
import type { CloudUser } from '../state/state.ts'
import { type AccessToken, digestOf, type OAuthClient } from '../state/token-store.ts'
import { exchangeGrant, impersonationGrant } from './oauth-client-payload.ts'
import { type OAuthParameters, oauthFailures } from './oauth-request.ts'

/** Six hours, as Qlik's access tokens live. */
const accessTokenSeconds = 21_600
/** A token for one handshake. How long Qlik's lives is not known. */
const socketTokenSeconds = 60

/** The documented answer of `POST /oauth/token`. */
export interface TokenAnswer {
  readonly answer: Readonly<Record<string, string | number>>
}

function issue(
  cloud: Cloud,
  values: Pick<AccessToken, 'userId' | 'clientId' | 'scope' | 'purpose'>,
  description: string,
): TokenAnswer {
  const nowMs = cloud.clock.now().getTime()
  const seconds = values.purpose === 'api' ? accessTokenSeconds : socketTokenSeconds
  const expiresAtMs = nowMs + seconds * 1000
  const token = randomBytes(48).toString('base64url')
  cloud.state.tokens.accessTokens.set(digestOf(token), {
    id: randomUUID(),
    ...values,
    expiresAtMs,
    description,
    createdAtMs: nowMs,
  })
  return {
    answer: {
      access_token: token,
      token_type: 'bearer',
      expires_in: seconds,
      expires_at: new Date(expiresAtMs).toISOString(),
      scope: values.scope.join(' '),
    },
  }
}

/** The scopes asked for, all of which the client must be allowed; a failure otherwise. */
function readScope(client: OAuthClient, value: unknown): readonly string[] | QlikFailure {
  if (value !== undefined && typeof value !== 'string')
    return oauthFailures.invalid('scope must be a string')
  const scope = (value ?? 'user_default').split(' ').filter((one) => one !== '')
  const foreign = scope.find((one) => !client.allowedScopes.includes(one))
  return foreign === undefined
    ? scope
    : oauthFailures.invalid(`The client does not allow the scope ${foreign.slice(0, 80)}`)
}

/** The bot of a client, made with its first token. */
function botOf(cloud: Cloud, client: OAuthClient): CloudUser {
  const { users } = cloud.state
  for (const user of users.values()) if (user.clientId === client.clientId) return user
  const at = cloud.clock.now().toISOString()
  const bot: CloudUser = {
    id: newHexId(),
    subject: `qlikbot\\${client.clientId}`,
    name: client.clientName,
    email: '',
    status: 'active',
    // Qlik's samples administer with it, whatever the scope (qlik-cloud.md §5.6).
    roleIds: [tenantAdminRoleId],
    groupIds: [],
    clientId: client.clientId,
    createdAt: at,
    lastUpdatedAt: at,
  }
  users.set(bot.id, bot)
  return bot
}

function allowsGrant(client: OAuthClient, grant: string): QlikFailure | undefined {
  if (!client.allowedGrantTypes.includes(grant))
    return oauthFailures.unauthorized(`The client does not allow the grant type ${grant}`)
  // A client of another tenant's region, or one that waits for consent, gets nothing by itself.
  if (client.consentMethod !== 'trusted')
    return oauthFailures.unauthorized('The consent method of the client must be trusted')
  return undefined
}

function byClientCredentials(
  cloud: Cloud,
  client: OAuthClient,
  parameters: OAuthParameters,
): TokenAnswer | QlikFailure {
  const refusal = allowsGrant(client, 'client_credentials')
  if (refusal !== undefined) return refusal
  const scope = readScope(client, parameters.scope)
  if ('status' in scope) return scope
  const bot = botOf(cloud, client)
  if (bot.status !== 'active') return oauthFailures.forbidden('The user is disabled')
  const { clientId } = client
  return issue(cloud, { userId: bot.id, clientId, scope, purpose: 'api' }, 'client_credentials')
}

/** A token of somebody else, who must be in the tenant: nobody is made by this. */
function byImpersonation(
  cloud: Cloud,
  client: OAuthClient,
  parameters: OAuthParameters,
): TokenAnswer | QlikFailure {
  const refusal = allowsGrant(client, impersonationGrant)
  if (refusal !== undefined) return refusal
  const { user_lookup: lookup } = parameters
  const { field, value } = isObject(lookup) ? lookup : {}
  if ((field !== 'subject' && field !== 'userId') || typeof value !== 'string')
    return oauthFailures.invalid('user_lookup has a field, subject or userId, and a value')
  const scope = readScope(client, parameters.scope)
  if ('status' in scope) return scope
  if (!scope.includes('user_default'))
    return oauthFailures.unauthorized('Impersonation asks for the scope user_default')
  const user = [...cloud.state.users.values()].find((one) =>
    field === 'subject' ? one.subject === value : one.id === value,
  )
  if (user === undefined)
    return oauthFailures.unauthorized('The user being impersonated does not exist in the tenant')
  if (user.status === 'disabled') return oauthFailures.forbidden('The user is disabled')
  // Whoever made the user by hand meant them to be impersonated before their first log-in.
  if (user.status === 'invited') {
    user.status = 'active'
    delete user.inviteExpiry
  }
  const { clientId } = client
  return issue(cloud, { userId: user.id, clientId, scope, purpose: 'api' }, 'impersonation')
}

/** An access token for a short one that may stand in the address of a web socket. */
function byExchange(
  cloud: Cloud,
  client: OAuthClient,
  parameters: OAuthParameters,
): TokenAnswer | QlikFailure {
  const { subject_token, subject_token_type, purpose } = parameters
  const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
  if (subject_token_type !== accessTokenType)
    return oauthFailures.invalid(`subject_token_type must be ${accessTokenType}`)
  if (purpose !== 'websocket')
    return oauthFailures.invalid('The emulator knows the purpose websocket only')
  const token =
    typeof subject_token === 'string'
      ? cloud.state.tokens.accessTokens.get(digestOf(subject_token))
      : undefined
  if (
    token?.purpose !== 'api' ||
    token.clientId !== client.clientId ||
    token.expiresAtMs <= cloud.clock.now().getTime()
  )
    return oauthFailures.unauthorized('subject_token is not a valid token of this client')
  const { userId, clientId, scope } = token
  const issued = issue(cloud, { userId, clientId, scope, purpose: 'websocket' }, 'token exchange')
  return { answer: { ...issued.answer, issued_token_type: accessTokenType } }
}

/** A token by one of the grants that the emulator has. */
export function grantToken(
  cloud: Cloud,
  client: OAuthClient,
  parameters: OAuthParameters,
): TokenAnswer | QlikFailure {
  switch (parameters.grant_type) {
    case 'client_credentials':
      return byClientCredentials(cloud, client, parameters)
    case impersonationGrant:
      return byImpersonation(cloud, client, parameters)
    case exchangeGrant:
      return byExchange(cloud, client, parameters)
    default:
      return oauthFailures.invalid(
        `The emulator has the grant types client_credentials, ${impersonationGrant} and ${exchangeGrant}`,
      )
  }
}
