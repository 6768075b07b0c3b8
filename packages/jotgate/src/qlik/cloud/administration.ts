import { type CloudDeployment, cloud } from '../../token/index.ts'
import type { CallOptions } from '../http.ts'
import { createAdminCalls } from './admin-calls.ts'
import { type CspOriginCalls, createCspOrigins } from './csp-origins.ts'
import { createDirectory, type DirectoryCalls } from './directory.ts'
import { createGroupSettings, type GroupSettingsCalls } from './group-settings.ts'
import { createIdentityProviders, type IdentityProviderCalls } from './identity-providers.ts'
import { createSpaces, type SpaceCalls } from './spaces.ts'
import { createWebIntegrations, type WebIntegrationCalls } from './web-integrations.ts'

/** The calls by which an administrator sets a tenant up. */
export interface Administration
  extends IdentityProviderCalls,
    WebIntegrationCalls,
    CspOriginCalls,
    GroupSettingsCalls,
    SpaceCalls,
    DirectoryCalls {}

/**
 * Speaks to a Qlik Cloud tenant as its administrator.
 *
 * @param options.deployment the tenant
 * @param options.apiKey an API key of a user with the role TenantAdmin, or an OAuth access token with
 * the scope for it. It stays inside what is returned
 * @param options.accessToken in its place: asked before each call, such as what `machineAccess` gives
 * @param options.fetch the runtime's when omitted
 * @param options.timeoutMs for each call, 10000 when omitted, 1 to 300000
 * @param options.signal gives up every call when it aborts
 * @throws TypeError when the key could not be a header's value; each call throws the errors of the part
 * @see https://qlik.dev/apis/rest/identity-providers/ and https://qlik.dev/apis/rest/web-integrations/
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const administration = createAdministration({ deployment: tenant, apiKey: 'from your secrets' })
 * const { certificateLine } = await readCertificate({ file: 'keys/qlik.cer' })
 * await administration.createIdentityProvider({
 *   issuer: tenant.issuer,
 *   kid: 'acme-1',
 *   certificateLine,
 * })
 */
export function createAdministration(
  options: CallOptions & { deployment: CloudDeployment } & (
      | { apiKey: string }
      | { accessToken: () => Promise<string> }
    ),
): Administration {
  const bearer = bearerOf(options)
  const calls = createAdminCalls({ ...options, bearer, deployment: cloud(options.deployment) })
  return Object.freeze({
    ...createIdentityProviders(calls),
    ...createWebIntegrations(calls),
    ...createCspOrigins(calls),
    ...createGroupSettings(calls),
    ...createSpaces(calls),
    ...createDirectory(calls),
  })
}

function bearerOf(
  options: { apiKey: string } | { accessToken: () => Promise<string> },
): () => Promise<string> {
  if ('accessToken' in options) {
    if (typeof options.accessToken === 'function') return options.accessToken
    throw new TypeError('The option accessToken must be a function')
  }
  const { apiKey } = options
  // fetch quotes an invalid header value in its error.
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(apiKey))
    throw new TypeError('The option apiKey must be visible ASCII text, without blanks')
  return () => Promise.resolve(apiKey)
}
