import {
  found,
  isObject,
  kindOf,
  type Reading,
  readAll,
  readEach,
  readString,
  readWebAddress,
  readWholeNumber,
  refused,
  type SigningAlgorithm,
  valueOrThrow,
} from '../../../values/index.ts'
import { gatewayErrors } from '../../errors.ts'
import type { Identifier, IdentifierFactory } from '../identity.ts'
import { readBearer } from '../token/bearer.ts'
import { notIdentified } from '../token/not-identified.ts'
import { clockSkew, readAlgorithms } from '../token/options.ts'
import { endOf } from '../token/times.ts'
import { type ClaimNamesOfUser, readClaimNames } from '../token/user-of-claims.ts'
import { type TokenPolicy, verifyToken } from '../token/verified-token.ts'
import { checkParties } from './party.ts'
import { createProviderKeys } from './provider-keys.ts'

/** What `identifyByProvider` takes. */
export interface ProviderOptions {
  /** The provider's `iss`, exactly as its tokens have it; its description is at `/.well-known/openid-configuration` below. */
  readonly issuer: string
  /** The `aud` of tokens for this gateway: an API's name, or a client ID for ID tokens. 1 to 20. */
  readonly audience: string | readonly string[]
  /** The clients whose tokens are accepted. Default the audience, as ID tokens have it. 1 to 20. */
  readonly clientId?: string | readonly string[]
  /** Which claims are which fields of the user. */
  readonly claims?: ClaimNamesOfUser
  /** RS256, RS384, RS512. Default `['RS256']`. */
  readonly algorithms?: readonly SigningAlgorithm[]
  /** The longest life of a token, from `iat` to `exp`, in seconds. Default 3600, 60 to 7200. */
  readonly maxLifetimeSeconds?: number
  /** Whether a client may come in its own name, as by client credentials. Default false. */
  readonly acceptsClients?: boolean
  /** How far the clocks may differ, in seconds. Default 30, 0 to 60. */
  readonly clockSkewSeconds?: number
  /** Default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Trusts the ID tokens and access tokens of an OpenID Connect provider, such as Okta, Microsoft Entra, Auth0 or
 * Keycloak.
 *
 * The provider's keys are found by its discovery document, and may rotate: a key ID that is not known asks for them
 * again, at most once in 30 seconds. A token may come again until it expires, and a session by it ends then. Only
 * RSA is accepted, and only from the configured issuer, audience and client.
 *
 * @param options.issuer the provider's `iss`, exactly
 * @param options.audience the `aud` of tokens for this gateway
 * @param options.clientId the clients whose tokens are accepted. Default the audience
 * @param options.claims which claims are which fields of the user
 * @param options.algorithms Default `['RS256']`
 * @param options.maxLifetimeSeconds Default 3600, 60 to 7200. Microsoft Entra's ID tokens take 3900 (they are dated
 * five minutes back), its access tokens up to 5400
 * @param options.acceptsClients whether a client may come in its own name. Default false
 * @param options.clockSkewSeconds Default 30, 0 to 60
 * @throws ERR_GATEWAY_OPTION
 * @see OpenID Connect Core 1.0 section 3.1.3.7 and RFC 9068 section 4 for the rules;
 * docs/decisions/0014-who-sends-a-request.md
 * @example
 * const okta = identifyByProvider({
 *   issuer: 'https://acme.okta.com/oauth2/default',
 *   audience: 'api://qlik',
 *   clientId: '0oa1example',
 *   claims: { subject: 'uid' },
 * })
 * const entra = identifyByProvider({
 *   issuer: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0',
 *   audience: '66666666-7777-8888-9999-000000000000',
 *   claims: { subject: 'oid', email: 'email', emailVerified: 'xms_edov' },
 *   maxLifetimeSeconds: 3900,
 * })
 */
export function identifyByProvider(options: ProviderOptions): IdentifierFactory {
  if (!isObject(options)) throw new TypeError('Options are needed')
  const read = valueOrThrow(
    readAll({
      issuer: readIssuer(options.issuer),
      audiences: readNames('audience', options.audience),
      clients: readNames('clientId', options.clientId ?? options.audience),
      toUser: readClaimNames('claims', options.claims),
      algorithms: readAlgorithms('algorithms', options.algorithms),
      maxLifetimeSeconds: readWholeNumber('maxLifetimeSeconds', options.maxLifetimeSeconds, {
        min: 60,
        max: 7200,
        fallback: 3600,
        unit: 'seconds',
      }),
      acceptsClients: readSwitch('acceptsClients', options.acceptsClients),
      clockSkewSeconds: readWholeNumber('clockSkewSeconds', options.clockSkewSeconds, clockSkew),
    }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const { issuer, algorithms, toUser } = read
  const policy: TokenPolicy = {
    issuer,
    algorithms,
    types: ['jwt', 'at+jwt'],
    times: { ...read, startsAt: ['iat', 'nbf'] },
    checkClaims: (claims) => checkParties(claims, read),
  }
  return (context) => {
    const { clock } = context
    const keys = createProviderKeys({ issuer, alg: algorithms[0], fetch: options.fetch, context })
    return Object.freeze<Identifier>({
      asksHost: false,
      issuer,
      async identify(request) {
        const text = readBearer(request)
        if (text === undefined) throw notIdentified('there is no token')
        const verified = await verifyToken(text, policy, { keys, clock })
        const end = endOf(verified, clock())
        return Object.freeze({
          user: toUser(verified.claims),
          source: 'provider-token',
          endsAt: end,
          tokenHash: verified.hash,
          tokenExpiresAt: end,
        })
      },
      prepare: keys.prepare,
    })
  }
}

/** The string itself, not the address in another form: tokens have it character for character. */
function readIssuer(value: unknown): Reading<string> {
  const address = readWebAddress('issuer', value)
  if (address.problems !== undefined) return address
  if (address.value.search !== '') return refused('issuer', 'must not contain a query')
  return readString('issuer', value, 256)
}

function readNames(option: string, value: unknown): Reading<string[]> {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (given.length === 0 || given.length > 20) return refused(option, 'must have 1 to 20 names')
  return readEach(given.map((one) => readString(option, one, 256)))
}

function readSwitch(option: string, value: unknown = false): Reading<boolean> {
  return typeof value === 'boolean'
    ? found(value)
    : refused(option, `must be true or false, not ${kindOf(value)}`)
}
