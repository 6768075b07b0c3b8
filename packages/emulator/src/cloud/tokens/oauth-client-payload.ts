import { isObject } from '../../http/read-body.ts'
import { findOriginFlaw } from '../administration/web-integrations.ts'
import type { OAuthClient } from '../state/token-store.ts'
import { findPublicKeyFlaw } from './client-assertion.ts'

export const impersonationGrant = 'urn:qlik:oauth:user-impersonation'
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

const knownScopes = [
  'user_default',
  'admin_classic',
  'admin.apps',
  'admin.apps:read',
  'apps',
  'apps:read',
  'offline_access',
  'identity.name:read',
  'identity.email:read',
  'identity.subject:read',
  'identity.picture:read',
]

/** What of a client can be set and changed. */
export type ClientValues = Pick<
  OAuthClient,
  | 'clientName'
  | 'description'
  | 'allowedOrigins'
  | 'redirectUris'
  | 'allowedScopes'
  | 'allowedGrantTypes'
  | 'allowedAuthMethods'
  | 'publicKeys'
>

function findListFlaw(
  name: string,
  value: unknown,
  flawOf: (one: string) => string | undefined,
): string | undefined {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    return `${name} must be an array of texts`
  for (const one of value as string[]) {
    const flaw = flawOf(one)
    if (flaw !== undefined) return `${name}: ${flaw}`
  }
  return undefined
}

const oneOf = (known: readonly string[]) => (one: string) =>
  known.includes(one) ? undefined : `${one.slice(0, 80)} is none of ${known.join(', ')}`

/** What is wrong with a value; undefined when it is right. */
export function findClientFlaw(name: string, value: unknown): string | undefined {
  switch (name) {
    case 'clientName':
      return typeof value === 'string' && value !== '' ? undefined : 'clientName is required'
    case 'description':
      return typeof value === 'string' ? undefined : 'description must be a string'
    case 'allowedOrigins':
      return findListFlaw(name, value, findOriginFlaw)
    case 'redirectUris':
      return findListFlaw(name, value, (one) => (URL.canParse(one) ? undefined : 'not a URL'))
    case 'allowedScopes':
      return findListFlaw(name, value, oneOf(knownScopes))
    case 'allowedGrantTypes':
      return findListFlaw(name, value, oneOf(['client_credentials', impersonationGrant]))
    case 'allowedAuthMethods':
      return findListFlaw(name, value, oneOf(['client_secret', 'private_key_jwt']))
    case 'publicKeys':
      if (!Array.isArray(value)) return 'publicKeys must be an array of public keys as JWK'
      return value.map(findPublicKeyFlaw).find((flaw) => flaw !== undefined)
    default:
      return `The emulator does not keep ${name}; Qlik Cloud may`
  }
}

const defaults: ClientValues = {
  clientName: '',
  description: '',
  allowedOrigins: [],
  redirectUris: [],
  allowedScopes: ['user_default'],
  allowedGrantTypes: [],
  allowedAuthMethods: ['client_secret'],
  publicKeys: [],
}

/** Reads what `POST /api/v1/oauth-clients` was sent; a string says what is wrong. */
export function parseNewClient(
  body: unknown,
): string | { appType: string; values: ClientValues; isTrusted: boolean } {
  if (!isObject(body)) return 'The body must be a JSON object'
  const { appType, connectionConfig, ...rest } = body
  // native and anonymous-embed need grants that the emulator does not have.
  if (appType !== 'web' && appType !== 'spa')
    return 'appType must be web or spa: the emulator has no native and anonymous clients'
  const { consentMethod } = isObject(connectionConfig) ? connectionConfig : {}
  if (consentMethod !== undefined && consentMethod !== 'trusted' && consentMethod !== 'required')
    return 'connectionConfig.consentMethod must be trusted or required'
  for (const [name, value] of Object.entries({ clientName: undefined, ...rest })) {
    const flaw = findClientFlaw(name, value)
    if (flaw !== undefined) return flaw
  }
  const values = { ...defaults, ...rest } as ClientValues
  if (appType === 'spa' && values.allowedGrantTypes.length > 0)
    return 'A client of the type spa has no secret, so none of these grant types'
  return { appType, values, isTrusted: consentMethod === 'trusted' }
}
