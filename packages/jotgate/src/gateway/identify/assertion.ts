import {
  found,
  isObject,
  type JsonObject,
  ownMember,
  readAll,
  readString,
  readWholeNumber,
  type SigningAlgorithm,
  stringProblem,
  valueOrThrow,
} from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Identifier, IdentifierFactory } from './identity.ts'
import { type AssertionKey, readKeyOption } from './keys/key-option.ts'
import { readBearer } from './token/bearer.ts'
import { notIdentified } from './token/not-identified.ts'
import { clockSkew, readAlgorithms } from './token/options.ts'
import { endOf } from './token/times.ts'
import { type ClaimNamesOfUser, readClaimNames } from './token/user-of-claims.ts'
import { type TokenPolicy, verifyToken } from './token/verified-token.ts'

/** What `identifyByAssertion` takes. */
export interface AssertionOptions {
  /** The `iss` of the host application, exactly. 1 to 256 characters. */
  readonly issuer: string
  readonly key: AssertionKey
  /** RS256, RS384, RS512. Default `['RS256']`; a key that names no algorithm is one for the first. */
  readonly algorithms?: readonly SigningAlgorithm[]
  /** The `aud` of each assertion. Default the gateway's `publicUrl`. */
  readonly audience?: string
  /** Which claims are which fields of the user. */
  readonly claims?: ClaimNamesOfUser
  /** How far the clocks may differ, in seconds. Default 30, 0 to 60. */
  readonly clockSkewSeconds?: number
  /** For `jwksUrl`. Default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/** How long one assertion keeps a session: then the host application has to say it again. */
const sessionMs = 15 * 60 * 1000

/** The longest life of an assertion, from `nbf`, or from `iat` where it has none, to `exp`. */
const maxLifetimeSeconds = 120

/**
 * Trusts assertions: tokens that the host application signs for this gateway, one for each login.
 *
 * An assertion is a JWT with `iss`, `aud` (this gateway, and nobody else), `sub`, `exp` at most 120 seconds after
 * `nbf` (or `iat`), and a `jti` of 16 to 256 characters that is used once. It comes in Authorization, as Bearer. A
 * session by it ends after 15 minutes, unless another assertion of the same person comes.
 *
 * @param options.issuer the host application's `iss`, exactly
 * @param options.key the host application's public keys: `{ file }`, `{ jwksUrl }` or JWKs
 * @param options.algorithms Default `['RS256']`
 * @param options.audience Default the gateway's `publicUrl`
 * @param options.claims which claims are which fields of the user
 * @param options.clockSkewSeconds how far clocks may differ. Default 30, 0 to 60
 * @throws ERR_GATEWAY_OPTION, and what `toJwks` throws for a JWK. A file that cannot be read is refused when the
 * gateway starts
 * @see RFC 7523 section 3 and RFC 8725 for the rules; docs/decisions/0014-who-sends-a-request.md
 * @example
 * const identify = identifyByAssertion({
 *   issuer: 'https://www.acme.example',
 *   key: { file: 'keys/host.pem' },
 *   claims: { groups: 'roles' },
 * })
 */
export function identifyByAssertion(options: AssertionOptions): IdentifierFactory {
  if (!isObject(options)) throw new TypeError('Options are needed')
  const read = valueOrThrow(
    readAll({
      issuer: readString('issuer', options.issuer, 256),
      key: readKeyOption('key', options.key),
      algorithms: readAlgorithms('algorithms', options.algorithms),
      audience:
        options.audience === undefined
          ? found(undefined)
          : readString('audience', options.audience, 256),
      toUser: readClaimNames('claims', options.claims),
      clockSkewSeconds: readWholeNumber('clockSkewSeconds', options.clockSkewSeconds, clockSkew),
    }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const { issuer, key, algorithms, toUser, clockSkewSeconds } = read
  return (context) => {
    const { clock } = context
    const { audience = context.publicUrl } = read
    const keys = key({ issuer, alg: algorithms[0], fetch: options.fetch, context })
    const policy: TokenPolicy = {
      issuer,
      algorithms,
      types: ['jwt'],
      times: { maxLifetimeSeconds, startsAt: ['nbf', 'iat'], clockSkewSeconds },
      checkClaims(claims) {
        if (!isOnlyFor(audience, ownMember(claims, 'aud')))
          throw notIdentified('the assertion is not for this gateway alone (`aud`)')
        tokenIdOf(claims)
      },
    }
    return Object.freeze<Identifier>({
      asksHost: false,
      issuer,
      async identify(request) {
        const text = readBearer(request)
        if (text === undefined) throw notIdentified('there is no token')
        const verified = await verifyToken(text, policy, { keys, clock })
        const { claims, hash, acceptedUntil } = verified
        return Object.freeze({
          user: toUser(claims),
          source: 'assertion',
          endsAt: clock() + sessionMs,
          tokenHash: hash,
          tokenExpiresAt: endOf(verified, clock()),
          once: Object.freeze({ issuer, jti: tokenIdOf(claims), expiresAt: acceptedUntil }),
        })
      },
      prepare: keys.prepare,
    })
  }
}

/** A list of one is the same as this one. With others in it, others could use the assertion here. */
function isOnlyFor(audience: string, given: unknown): boolean {
  return Array.isArray(given) ? given.length === 1 && given[0] === audience : given === audience
}

function tokenIdOf(claims: JsonObject): string {
  const jti = ownMember(claims, 'jti')
  if (stringProblem(jti, 256) !== undefined || typeof jti !== 'string' || jti.length < 16)
    throw notIdentified('the assertion has no `jti` of 16 to 256 characters')
  return jti
}
