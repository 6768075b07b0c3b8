import { createPublicKey } from 'node:crypto'
import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { mayVerify, type RsaPublicJwk, readJwkNumber } from '../../token/index.ts'
import {
  algorithmNames,
  isObject,
  isSigningAlgorithm,
  type JsonObject,
  type SigningAlgorithm,
  stringProblem,
} from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { publicJwkOf } from '../read/public-jwk.ts'
import { thumbprint } from '../strength/thumbprint.ts'

/** The members of private and symmetric keys: RFC 7518 sections 6.3.2 and 6.4. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

const maxKeys = 100

/** A signing key of a set. Its strength is checked only when it is used, since that takes long. */
export interface JwksKey {
  readonly kid: string
  /** Gives the key, or throws the reason why it is refused, the same each time. */
  read(): RsaPublicJwk
}

/** For a key that does not name its own algorithm or key ID. */
interface JwkDefaults {
  alg?: SigningAlgorithm | undefined
  kid?: string | undefined
}

/**
 * Parses a public RSA key for RS256, RS384 or RS512 signatures.
 *
 * SECURITY: `use`, `key_ops` and `alg` are lost when a library imports a key, so they are checked here. The algorithm
 * is the key's own or the configured one, never a token's.
 *
 * @see RFC 7517 section 4, RFC 7518 section 6.3
 */
export function parseJwk(jwk: JsonObject, source: string, defaults: JwkDefaults): RsaPublicJwk {
  if (privateMembers.some((member) => Object.hasOwn(jwk, member)))
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given: 'private key', needed: 'public key' })
  const refuse = (problem: string) => keyErrors.ERR_KEY_FORM({ source, problem })
  if (jwk.kty !== 'RSA') {
    // The value may be anything, even part of a key.
    const type = ['EC', 'OKP', 'oct'].find((known) => known === jwk.kty) ?? 'unknown'
    throw keyErrors.ERR_KEY_TYPE({ source, type })
  }
  const purpose = purposeProblem(jwk)
  if (purpose !== undefined) throw refuse(purpose)
  const numbers = { n: readJwkNumber('n', jwk.n), e: readJwkNumber('e', jwk.e) }
  for (const read of Object.values(numbers))
    if ('problem' in read) throw refuse(`holds a JWK with ${read.problem}`)
  const { n, e } = jwk as { n: string; e: string }
  const alg = (jwk.alg ?? defaults.alg ?? 'RS256') as SigningAlgorithm
  const kidProblem = jwk.kid === undefined ? undefined : stringProblem(jwk.kid, 256)
  if (kidProblem !== undefined) throw refuse(`holds a JWK whose \`kid\` ${kidProblem}`)
  const kid = jwk.kid === undefined ? defaults.kid : String(jwk.kid)
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    return publicJwkOf(key, source, { alg, kid })
  } catch (cause) {
    if (isJotgateError(cause)) throw cause
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged JWK' }, { cause })
  }
}

function purposeProblem({ use, key_ops: operations, alg }: JsonObject): string | undefined {
  if (use !== undefined && use !== 'sig') return 'holds a JWK whose `use` is not `sig`'
  if (!mayVerify(operations))
    return 'holds a JWK whose `key_ops` is not an array of different strings that includes `verify`'
  if (alg !== undefined && !isSigningAlgorithm(alg))
    return `holds a JWK whose \`alg\` is not ${algorithmNames}`
  return undefined
}

/**
 * Parses a key set. Keys of other types or for other purposes are ignored (RFC 7517 section 5). A weak or damaged
 * signing key is refused when it is used. A set with a private or symmetric key, or with the same key ID twice, is
 * refused as a whole: something is wrong with it.
 */
export function parseJwks(
  value: unknown,
  source: string,
  defaults: JwkDefaults = {},
): readonly JwksKey[] {
  const refuse = (problem: string) => keyErrors.ERR_KEY_JWKS({ source, problem })
  if (!isObject(value)) throw refuse('is not a JSON object')
  if (!Array.isArray(value.keys) || !value.keys.every(isObject))
    throw refuse('has no array `keys` of objects')
  const all: JsonObject[] = value.keys
  if (all.length > maxKeys) throw refuse(`has ${all.length} keys; at most ${maxKeys} are read`)
  if (all.some((jwk) => privateMembers.some((member) => Object.hasOwn(jwk, member))))
    throw refuse('holds a private or symmetric key, which must not be published')
  const kids = all.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
  if (kids.some((kid) => typeof kid !== 'string')) throw refuse('has a key ID that is not a string')
  if (new Set(kids).size < kids.length) throw refuse('has two keys with the same key ID')
  return all
    .filter((jwk) => jwk.kty === 'RSA' && purposeProblem(jwk) === undefined)
    .map((jwk) =>
      // Only the single key of a set may be without a key ID; a set of several names each.
      toJwksKey(jwk, source, all.length === 1 ? defaults : { alg: defaults.alg }),
    )
}

function toJwksKey(jwk: JsonObject, source: string, defaults: JwkDefaults): JwksKey {
  let outcome: RsaPublicJwk | JotgateError | undefined
  return {
    kid: typeof jwk.kid === 'string' ? jwk.kid : (defaults.kid ?? thumbprintOf(jwk)),
    read() {
      outcome ??= attempt(jwk, source, defaults)
      if (isJotgateError(outcome)) throw outcome
      return outcome
    },
  }
}

function attempt(
  jwk: JsonObject,
  source: string,
  defaults: JwkDefaults,
): RsaPublicJwk | JotgateError {
  try {
    return parseJwk(jwk, source, defaults)
  } catch (error) {
    if (isJotgateError(error)) return error
    throw error
  }
}

/** Empty for a damaged key, so that no key ID selects it. */
function thumbprintOf({ n, e }: JsonObject): string {
  return typeof n === 'string' && typeof e === 'string' ? thumbprint({ n, e }) : ''
}
