import type { RsaPublicJwk } from '../../token/index.ts'
import { type JsonObject, parseJsonObject, type SigningAlgorithm } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { jsonTextOf } from '../form/key-form.ts'
import { parseJwk, parseJwks } from '../jwks/jwk.ts'
import { type KeySource, readSource } from '../source/key-source.ts'
import { parsePublicKey, publicJwkOf } from './public-jwk.ts'

/**
 * Reads the public key that verifies tokens: from a certificate or a public key (PEM, DER or base64),
 * a JWK, or a JWKS. A private key is refused.
 *
 * @param options one of `file`, `pem`, `bytes`, `env` and `stream`; and
 * `kid`, which selects a key of a set that has several, and is the key ID where the source has none (by default the
 * RFC 7638 thumbprint); and `alg`, for a key that does not name its algorithm (by default `RS256`)
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE,
 * ERR_KEY_VARIABLE, ERR_KEY_FORM, ERR_KEY_FOREIGN, ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE,
 * ERR_KEY_EXPONENT, ERR_KEY_WEAK, ERR_KEY_JWKS, ERR_KEY_JWKS_KID, ERR_KEY_OPTION, or ERR_TOKEN_KEY for
 * the option `kid`
 * @see RFC 7517 sections 4 and 5
 * @example
 * const fromCertificate = await readVerificationKey({ file: 'keys/qlik.cer', kid: 'acme-1' })
 * const fromSet = await readVerificationKey({ file: 'jwks.json', kid: 'acme-1' })
 */
export async function readVerificationKey(
  options: KeySource & { kid?: string; alg?: SigningAlgorithm },
): Promise<RsaPublicJwk> {
  const found = await readSource(options, false)
  const { source } = found
  const { kid, alg } = options
  const json = jsonTextOf(found.bytes)
  if (json === undefined) return publicJwkOf(parsePublicKey(found), source, { kid, alg })
  const value = parseJson(json, source)
  if (!Object.hasOwn(value, 'keys')) return parseJwk(value, source, { kid, alg })
  return pickKey(value, source, { kid, alg })
}

/** A key of a source, and whether the source names it. */
export interface NamedVerificationKey {
  readonly key: RsaPublicJwk
  /** Undefined where the source has none: then `key.kid` is the thumbprint, which no token will name. */
  readonly kid: string | undefined
}

/**
 * Reads all public keys of a source: those of a key set that are for signatures, or the only one. One that is
 * weak or damaged is refused with all others.
 *
 * @throws what `readVerificationKey` throws
 */
export async function readVerificationKeys(
  options: KeySource & { alg?: SigningAlgorithm },
): Promise<readonly NamedVerificationKey[]> {
  const found = await readSource(options, false)
  const { source } = found
  const { alg } = options
  const json = jsonTextOf(found.bytes)
  if (json === undefined)
    return [{ key: publicJwkOf(parsePublicKey(found), source, { alg }), kid: undefined }]
  const value = parseJson(json, source)
  if (!Object.hasOwn(value, 'keys')) {
    const key = parseJwk(value, source, { alg })
    return [{ key, kid: value.kid === undefined ? undefined : key.kid }]
  }
  const keys = parseJwks(value, source, { alg }).map((one) => ({ key: one.read(), kid: one.kid }))
  if (keys.length > 0) return keys
  throw keyErrors.ERR_KEY_JWKS({ source, problem: 'has no RSA key for signatures' })
}

function parseJson(text: string, source: string): JsonObject {
  const value = parseJsonObject(text)
  if (value === undefined) throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds damaged JSON' })
  return value
}

function pickKey(
  value: unknown,
  source: string,
  { kid, alg }: { kid: string | undefined; alg: SigningAlgorithm | undefined },
): RsaPublicJwk {
  const keys = parseJwks(value, source, { kid, alg })
  const [only, second] = keys
  if (kid !== undefined) {
    const named = keys.find((key) => key.kid === kid)
    if (named === undefined) throw keyErrors.ERR_KEY_JWKS_KID({ source })
    return named.read()
  }
  if (only !== undefined && second === undefined) return only.read()
  const problem =
    only === undefined
      ? 'has no RSA key for signatures'
      : `has ${keys.length} keys; choose one with the option kid`
  throw keyErrors.ERR_KEY_JWKS({ source, problem })
}
