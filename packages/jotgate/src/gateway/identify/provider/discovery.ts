import { createRemoteDocument, type RemoteDocument } from '../../../keys/index.ts'
import { isLoopback, isObject, readWebAddress } from '../../../values/index.ts'
import type { RemoteKeysOptions } from '../keys/remote-keys.ts'

/** What is needed of a provider's description of itself. */
export interface Discovery {
  readonly jwksUrl: string
}

/**
 * Reads a provider's description of itself, which says where its keys are. It is fetched again after an hour, and
 * used for a day while that fails.
 *
 * @see OpenID Connect Discovery 1.0 section 4
 */
export function createDiscovery(
  options: Omit<RemoteKeysOptions, 'url'>,
): RemoteDocument<Discovery> {
  const { issuer, fetch = globalThis.fetch, context } = options
  const { onEvent, monotonicClock: clock = () => performance.now() } = context
  return createRemoteDocument({
    url: new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    fetch,
    timeoutMs: 5000,
    maxBytes: 65_536,
    cooldownMs: 30_000,
    maxAgeMs: 3_600_000,
    maxStaleMs: 86_400_000,
    clock,
    parse: (json) => parseDiscovery(issuer, json),
    onRead: () => onEvent?.({ type: 'issuer-read', issuer, about: 'discovery' }),
    onFailure: (problem) =>
      onEvent?.({ type: 'issuer-failed', issuer, about: 'discovery', problem }),
  })
}

/** The description of another issuer must not decide on the keys of this one (section 4.3). */
function parseDiscovery(issuer: string, json: unknown): Discovery {
  if (!isObject(json)) throw new Error('the description of the provider is not a JSON object')
  if (json.issuer !== issuer) throw new Error(issuerProblem(issuer, json.issuer))
  const address = readWebAddress('jwks_uri', json.jwks_uri)
  if (address.problems !== undefined)
    throw new Error(`the provider’s jwks_uri ${address.problems[0].problem}`)
  const { value: url } = address
  // A provider elsewhere must not make the gateway ask services of its own machine.
  if (isLoopback(url.hostname) && !isLoopback(new URL(issuer).hostname))
    throw new Error('the provider’s jwks_uri is an address of this machine')
  return { jwksUrl: url.href }
}

function issuerProblem(configured: string, given: unknown): string {
  if (typeof given !== 'string') return 'the description of the provider has no issuer'
  if (given.includes('{tenantid}'))
    return 'the issuer serves all tenants: configure the one of your own tenant, such as https://login.microsoftonline.com/TENANT-ID/v2.0'
  return given.replace(/\/$/, '') === configured.replace(/\/$/, '')
    ? 'the provider writes its issuer with a slash at its end, or without: configure it exactly so'
    : 'the provider calls itself by another issuer: configure the issuer as its tokens have it in `iss`'
}
