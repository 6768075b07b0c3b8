import { createPublicKey, KeyObject } from 'node:crypto'
import { isJotgateError } from '../../errors/index.ts'
import { parseKid, type RsaPublicJwk } from '../../token/index.ts'
import { algorithmNames, isSigningAlgorithm, type SigningAlgorithm } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { toBlocks } from '../form/key-form.ts'
import { derOf, isCertificate, isPublic, nameOfBlock } from '../form/pem.ts'
import type { SourceBytes } from '../source/key-source.ts'
import { checkStrength } from '../strength/strength.ts'
import { thumbprint } from '../strength/thumbprint.ts'
import { parseX509 } from './x509.ts'

/**
 * Converts a public key, certificate or private key to a public JWK, which may be published: it holds public
 * members only.
 *
 * @param key a `KeyObject`, or a string with one public key or certificate, in PEM or base64
 * @param options.kid 1 to 256 characters. Default the thumbprint
 * @param options.alg Default `RS256`
 * @throws ERR_KEY_FORM, ERR_KEY_FOREIGN, ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE,
 * ERR_KEY_EXPONENT, ERR_KEY_WEAK or, for `alg`, ERR_KEY_OPTION
 * @see RFC 7517 section 4, RFC 7518 section 6.3.1
 * @example
 * const { certificatePem } = await createKeyPair()
 * const jwk = toPublicJwk(certificatePem, { kid: 'acme-1' })
 */
export function toPublicJwk(
  key: KeyObject | string,
  options: { kid?: string; alg?: SigningAlgorithm } = {},
): RsaPublicJwk {
  const source = 'The key'
  return publicJwkOf(
    typeof key === 'string'
      ? parsePublicKey({ bytes: Buffer.from(key), source })
      : toPublicKey(key),
    source,
    options,
  )
}

/** As `toPublicJwk`, with errors that name the key's source. */
export function publicJwkOf(
  publicKey: KeyObject,
  source: string,
  options: { kid?: string | undefined; alg?: SigningAlgorithm | undefined } = {},
): RsaPublicJwk {
  parseAlgorithm(options.alg)
  checkStrength(publicKey, source)
  return toRsaJwk(publicKey, source, options)
}

/** As `publicJwkOf`, for a key whose strength was already checked. */
export function toRsaJwk(
  publicKey: KeyObject,
  source: string,
  options: { kid?: string | undefined; alg?: SigningAlgorithm | undefined },
): RsaPublicJwk {
  const alg = parseAlgorithm(options.alg)
  const { n, e } = publicKey.export({ format: 'jwk' })
  if (n === undefined || e === undefined) throw keyErrors.ERR_KEY_TYPE({ source, type: 'unknown' })
  const kid = parseKid(options.kid ?? thumbprint({ n, e }))
  return Object.freeze({ kty: 'RSA', n, e, kid, alg, use: 'sig' })
}

/** Reads the option `alg`: with another algorithm, another library would sign or verify by it. */
export function parseAlgorithm(value: unknown): SigningAlgorithm {
  if (value === undefined) return 'RS256'
  if (isSigningAlgorithm(value)) return value
  throw keyErrors.ERR_KEY_OPTION({ option: 'alg', problem: `must be ${algorithmNames}` })
}

function toPublicKey(key: KeyObject): KeyObject {
  if (!(key instanceof KeyObject)) throw new TypeError('The key must be a KeyObject or a string')
  if (key.type === 'private') return createPublicKey(key)
  if (key.type === 'public') return key
  throw keyErrors.ERR_KEY_TYPE({ source: 'The key', type: 'secret' })
}

/**
 * Parses the one public key or certificate that the bytes hold, in any form. A private key is refused, although
 * Node would derive its public half: it should not be used where a public key is enough.
 */
export function parsePublicKey(found: SourceBytes): KeyObject {
  const { source } = found
  const all = toBlocks(found)
  // A certificate often comes with its public key, or with comments of openssl in the form of blocks.
  const certificates = all.filter(isCertificate)
  const blocks = certificates.length === 1 && all.every(isPublic) ? certificates : all
  const [block] = blocks
  if (block === undefined || blocks.length > 1)
    throw keyErrors.ERR_KEY_FORM({ source, problem: `has ${blocks.length} PEM blocks, not one` })
  const given = nameOfBlock(block)
  if (given !== 'public key' && given !== 'certificate')
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'public key or certificate' })
  try {
    if (given === 'certificate') return parseX509(derOf(block), source).publicKey
    const type = block.label === 'RSA PUBLIC KEY' ? 'pkcs1' : 'spki'
    return createPublicKey({ key: derOf(block), format: 'der', type })
  } catch (cause) {
    if (isJotgateError(cause)) throw cause
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'is damaged' }, { cause })
  }
}
