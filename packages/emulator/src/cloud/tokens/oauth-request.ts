import type { Context } from 'hono'
import { isObject, readBody } from '../../http/read-body.ts'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import type { QlikFailure } from '../error-envelope.ts'
import { digestOf, type OAuthClient } from '../state/token-store.ts'
import { assertionType, findAssertionFlaw } from './client-assertion.ts'
import { exchangeGrant } from './oauth-client-payload.ts'

/** What `/oauth/*` was sent, from JSON or a form. */
export type OAuthParameters = Readonly<Record<string, unknown>>

/** The three refusals of `POST /oauth/token` (qlik-cloud.md §5.6); codes are the emulator's own. */
export const oauthFailures = {
  invalid: (detail: string): QlikFailure => ({
    status: 400,
    code: 'OAUTH-400',
    title: 'Invalid parameters',
    detail,
    meta: { emulator: 'inferred' },
  }),
  unauthorized: (detail: string): QlikFailure => ({
    status: 401,
    code: 'OAUTH-401',
    title: 'Unauthorized',
    detail,
    meta: { emulator: 'inferred' },
  }),
  forbidden: (detail: string): QlikFailure => ({
    status: 403,
    code: 'OAUTH-403',
    title: 'Forbidden',
    detail,
    meta: { emulator: 'inferred' },
  }),
}

/** A form has no objects: `user_lookup[field]=…` or its JSON is used in place of one. */
function fromForm(text: string): OAuthParameters {
  const parameters: Record<string, unknown> = {}
  const lookup: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const member = /^user_lookup(?:\[(\w+)\]|\.(\w+))$/.exec(name)
    if (member === null) parameters[name] = value
    else lookup[member[1] ?? member[2] ?? ''] = value
  }
  if (Object.keys(lookup).length > 0) parameters.user_lookup = lookup
  else if (typeof parameters.user_lookup === 'string')
    try {
      parameters.user_lookup = JSON.parse(parameters.user_lookup)
    } catch {
      delete parameters.user_lookup
    }
  return parameters
}

/** Reads the parameters of a request in either form; a string says what is wrong. */
export async function readOAuthParameters(c: Context<CloudEnv>): Promise<OAuthParameters | string> {
  const text = await readBody(c.env.incoming)
  if (text === undefined) return 'The body is too large or not UTF-8'
  const type = c.req.header('content-type') ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) return fromForm(text)
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : 'The body must be a JSON object or a form'
  } catch {
    return 'The body must be a JSON object or a form'
  }
}

/**
 * ID and secret from the body, or from `Authorization: Basic` (RFC 6749 §2.3.1). @qlik/sdk 0.28 names the client
 * in the body beside Basic credentials: both must name the same one.
 */
function readCredentials(c: Context<CloudEnv>, { client_id, client_secret }: OAuthParameters) {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (client_secret !== undefined || basic === undefined) return { client_id, client_secret }
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  const [id, secret] = [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]
  // Credentials of another client than the body names are wrong ones, not none.
  if (client_id !== undefined && client_id !== id) return { client_id, client_secret: '' }
  return { client_id: id, client_secret: secret }
}

/** The client that a request names, with its secret proved where it has one. */
export function authenticateClient(
  cloud: Cloud,
  c: Context<CloudEnv>,
  parameters: OAuthParameters,
): OAuthClient | QlikFailure {
  const { client_id, client_secret } = readCredentials(c, parameters)
  if (typeof client_id !== 'string') return oauthFailures.invalid('client_id is required')
  const client = cloud.state.tokens.clients.get(client_id)
  const wrong = oauthFailures.unauthorized('Invalid or expired client credentials')
  if (client === undefined) return wrong
  // A page has no secret: the access token that it exchanges proves who asks (qlik-cloud.md §5.6).
  const isPublic = client.appType === 'spa' || parameters.grant_type === exchangeGrant
  if (isPublic && client_secret === undefined) return client
  if (parameters.client_assertion_type === assertionType) {
    const flaw = findAssertionFlaw({
      client,
      assertion: parameters.client_assertion,
      audience: `${baseUrlOf(c.env.incoming)}/oauth/token`,
      nowMs: cloud.clock.now().getTime(),
    })
    return flaw === undefined ? client : oauthFailures.unauthorized(flaw)
  }
  if (typeof client_secret !== 'string') return wrong
  if (!client.allowedAuthMethods.includes('client_secret')) return wrong
  const digest = digestOf(client_secret)
  return client.secrets.some((one) => one.digest === digest) ? client : wrong
}
