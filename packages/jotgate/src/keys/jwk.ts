import { createPublicKey } from 'node:crypto'
import { isJotgateError, type JotgateError } from '../errors/index.ts'
import { parseKid, type RsaPublicJwk, type SigningAlgorithm } from '../token/signing-key.ts'
import { readJwkNumber } from '../token/verify/jwk-number.ts'
import { isAlgorithm } from './algorithm.ts'
import { keyErrors } from './errors.ts'
import { publicJwkOf } from './public-jwk.ts'

/** RFC 7518 sections 6.3.2 and 6.4: what a public key never has. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

const maxKeys = 100

/** The signing keys of a set: those that can be used, and for each other one why not. */
export interface ParsedJwks {
  keys: readonly RsaPublicJwk[]
  refused: readonly { kid: string; error: JotgateError }[]
}

/** What a key is taken for when it does not say so itself. */
interface JwkDefaults {
  alg?: SigningAlgorithm | undefined
  kid?: string | undefined
}

type JsonObject = Record<string, unknown>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads a public RSA key that is for RS256, RS384 or RS512 signatures.
 *
 * SECURITY: `use`, `key_ops` and `alg` are lost when a library imports a key, so they are held
 * against the purpose here; the algorithm is the key's own or the configured one, never a token's.
 *
 * @see RFC 7517 section 4, RFC 7518 section 6.3
 */
export function parseJwk(jwk: JsonObject, source: string, defaults: JwkDefaults): RsaPublicJwk {
  if (privateMembers.some((member) => Object.hasOwn(jwk, member)))
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given: 'private key', needed: 'public key' })
  const refuse = (problem: string) => keyErrors.ERR_KEY_FORM({ source, problem })
  if (jwk.kty !== 'RSA') {
    // What stands there may be anything, a piece of a key too.
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
  const kid = jwk.kid === undefined ? defaults.kid : parseKid(jwk.kid)
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
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return 'holds a JWK whose `key_ops` do not include `verify`'
  if (alg !== undefined && !isAlgorithm(alg))
    return 'holds a JWK whose `alg` is not RS256, RS384 or RS512'
  return undefined
}

/**
 * Reads a key set. Keys of other kinds or for other purposes are passed over (RFC 7517 section 5); a
 * weak or broken signing key is kept out, and told when it is asked for. A set with a private or
 * symmetric key, or with one key ID twice, is refused whole: it cannot be trusted to be what it seems.
 */
export function parseJwks(value: unknown, source: string, defaults: JwkDefaults = {}): ParsedJwks {
  const refuse = (problem: string) => keyErrors.ERR_KEY_JWKS({ source, problem })
  if (!isJsonObject(value)) throw refuse('is not a JSON object')
  if (!Array.isArray(value.keys) || !value.keys.every(isJsonObject))
    throw refuse('has no list `keys` of objects')
  const all: JsonObject[] = value.keys
  if (all.length > maxKeys) throw refuse(`has ${all.length} keys; at most ${maxKeys} are read`)
  if (all.some((jwk) => privateMembers.some((member) => Object.hasOwn(jwk, member))))
    throw refuse('holds a private or symmetric key, which everybody can read there')
  const kids = all.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
  if (kids.some((kid) => typeof kid !== 'string')) throw refuse('has a key ID that is no text')
  if (new Set(kids).size < kids.length) throw refuse('has one key ID twice')
  const keys: RsaPublicJwk[] = []
  const refused: { kid: string; error: JotgateError }[] = []
  for (const jwk of all) {
    if (jwk.kty !== 'RSA' || purposeProblem(jwk) !== undefined) continue
    try {
      // A set with several keys names each; only a lone key may go without.
      keys.push(parseJwk(jwk, source, all.length === 1 ? defaults : { alg: defaults.alg }))
    } catch (error) {
      if (!isJotgateError(error)) throw error
      refused.push({ kid: typeof jwk.kid === 'string' ? jwk.kid : '', error })
    }
  }
  return { keys, refused }
}
