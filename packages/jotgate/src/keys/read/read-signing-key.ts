import type { SigningKey } from '../../token/index.ts'
import { algorithms, type SigningAlgorithm } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { type KeySource, readSource } from '../source/key-source.ts'
import { qlikOwnCertificate } from '../strength/qlik-certificate.ts'
import { checkPrivateKey, parsePrivateKey, signOnPool } from './private-key.ts'
import { parseAlgorithm, toRsaJwk } from './public-jwk.ts'

/** Where a signing key is, and how it is used. */
export type SigningKeyOptions = KeySource & {
  /** Decrypts an encrypted key or a PFX file. Never put it on a command line. */
  passphrase?: string
  /** The key ID that the deployment knows, 1 to 256 characters. Default the RFC 7638 thumbprint. */
  kid?: string
  /** Default `RS256`, the only algorithm that Qlik Cloud accepts. */
  alg?: SigningAlgorithm
  /**
   * Accepts the key of a client-managed site's own certificate, which is otherwise refused. For test sites only.
   * Default false.
   */
  insecureQlikCertificate?: boolean
}

/**
 * Reads a private key and makes a signing key of it. The private key is not accessible from outside: the result
 * signs, on the thread pool, and shows its public half.
 *
 * PKCS#8 and PKCS#1 are read, in PEM or DER, encrypted or not; PFX (PKCS#12) as Windows and Qlik's console export
 * it; base64 of any of these; and PEM text whose line breaks are missing or written as `\n`. At most 64 KiB. Weak
 * and publicly known keys are refused.
 *
 * @param options one of `file`, `pem`, `bytes`, `env` and `stream`; and `SigningKeyOptions`
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE, ERR_KEY_MODE,
 * ERR_KEY_VARIABLE, ERR_KEY_FORM, ERR_KEY_FOREIGN, ERR_KEY_ENCRYPTED, ERR_KEY_PASSPHRASE,
 * ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE (2048 to 8192 bits), ERR_KEY_EXPONENT (65537),
 * ERR_KEY_WEAK, ERR_KEY_KNOWN, ERR_KEY_DAMAGED, ERR_KEY_QLIK_OWN, ERR_KEY_OPTION, or ERR_TOKEN_KEY
 * for the key ID
 * @see RFC 7518 section 3.3
 * @example
 * const key = await readSigningKey({ file: 'keys/qlik.pem', kid: 'acme-1' })
 * const fromVariable = await readSigningKey({ env: 'QLIK_KEY', kid: 'acme-1' })
 * console.log(key.publicJwk, fromVariable.kid)
 */
export async function readSigningKey(options: SigningKeyOptions): Promise<SigningKey> {
  const found = await readSource(options, true)
  const { kid, passphrase, insecureQlikCertificate = false } = options
  const alg = parseAlgorithm(options.alg)
  const { source } = found
  const pair = await parsePrivateKey(found, passphrase)
  await checkPrivateKey(pair, source)
  const publicJwk = toRsaJwk(pair.publicKey, source, { alg, kid })
  const own = pair.certificates.filter((certificate) =>
    certificate.checkPrivateKey(pair.privateKey),
  )
  const role = own.map(qlikOwnCertificate).find((name) => name !== undefined)
  if (role !== undefined && !insecureQlikCertificate)
    throw keyErrors.ERR_KEY_QLIK_OWN({ source, role })
  const { privateKey } = pair
  const { hash } = algorithms[alg]
  return Object.freeze({
    alg,
    kid: publicJwk.kid,
    publicJwk,
    sign: (bytes: Uint8Array) => signOnPool(hash, bytes, privateKey),
  })
}
