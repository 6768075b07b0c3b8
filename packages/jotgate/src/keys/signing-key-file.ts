import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningAlgorithm, SigningKey } from '../token/signing-key.ts'
import { keyErrors } from './errors.ts'
import { readKeyFile } from './key-file.ts'
import { privateKeyBlock } from './pem.ts'
import { publicJwkOf } from './public-jwk.ts'

const hashes: Readonly<Record<SigningAlgorithm, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
}

const signOnPool = promisify<string, Uint8Array, KeyObject, Buffer>(sign)

/**
 * Reads a private key from a PEM file and makes it a signing key. The key stays inside: what is
 * returned can sign, and shows its public half.
 *
 * @param options.file the PEM file, PKCS#8 or PKCS#1, not encrypted, mode 0600 or stricter
 * @param options.kid the key ID as the deployment has it, 1 to 256 characters; the RFC 7638
 * thumbprint when left out
 * @param options.alg `RS256` when left out, the only one that Qlik Cloud takes
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE,
 * ERR_KEY_MODE, ERR_KEY_FORM, ERR_KEY_ENCRYPTED, ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE (2048
 * to 8192 bits), ERR_KEY_EXPONENT (65537) or ERR_KEY_DAMAGED
 * @see RFC 7518 section 3.3
 * @example
 * const key = await readSigningKey({ file: 'keys/qlik.pem', kid: 'acme-1' })
 * console.log(key.kid, key.publicJwk)
 */
export async function readSigningKey(options: {
  file: string
  kid?: string
  alg?: SigningAlgorithm
}): Promise<SigningKey> {
  const { file, alg = 'RS256' } = options
  if (!Object.hasOwn(hashes, alg)) {
    const problem = `must be one of ${Object.keys(hashes).join(', ')}`
    throw keyErrors.ERR_KEY_OPTION({ option: 'alg', problem })
  }
  const text = await readKeyFile({ file, secret: true })
  const privateKey = parsePrivateKey(text, file)
  const publicJwk = publicJwkOf(createPublicKey(privateKey), file, { alg, kid: options.kid })
  await checkPair(privateKey, file)
  const hash = hashes[alg]
  return Object.freeze({
    alg,
    kid: publicJwk.kid,
    publicJwk,
    sign: (bytes: Uint8Array) => signOnPool(hash, bytes, privateKey),
  })
}

function parsePrivateKey(text: string, source: string): KeyObject {
  const block = privateKeyBlock(text, source)
  try {
    return createPrivateKey({ key: block.text, format: 'pem' })
  } catch (cause) {
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged private key' }, { cause })
  }
}

/** OpenSSL loads a PKCS#1 file whose numbers do not fit each other; only a signature shows it. */
async function checkPair(privateKey: KeyObject, source: string): Promise<void> {
  const probe = Buffer.from('jotgate')
  let fits = false
  try {
    const signature = await signOnPool('sha256', probe, privateKey)
    fits = verify('sha256', probe, createPublicKey(privateKey), signature)
  } catch (cause) {
    throw keyErrors.ERR_KEY_DAMAGED({ source }, { cause })
  }
  if (!fits) throw keyErrors.ERR_KEY_DAMAGED({ source })
}
