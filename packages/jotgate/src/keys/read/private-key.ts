import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
  type X509Certificate,
} from 'node:crypto'
import { promisify } from 'node:util'
import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { modulusWeaknesses } from '../../token/index.ts'
import { keyErrors } from '../errors.ts'
import { privateKeyBlock, toBlocks } from '../form/key-form.ts'
import { derOf, isCertificate, type PemBlock } from '../form/pem.ts'
import type { SourceBytes } from '../source/key-source.ts'
import { type FactorWeakness, factorWeakness } from '../strength/factors.ts'
import { formProblem, strengthProblem } from '../strength/strength.ts'
import { parseX509 } from './x509.ts'

/** A private key, with the certificates from the same source. */
export interface FoundPrivateKey {
  privateKey: KeyObject
  publicKey: KeyObject
  certificates: readonly X509Certificate[]
}

/** Signs on libuv's thread pool, so the event loop is not blocked. */
export const signOnPool = promisify<string, Uint8Array, KeyObject, Buffer>(sign)

/** Parses and decrypts the one private key that the bytes hold, in any form. */
export async function parsePrivateKey(
  found: SourceBytes,
  passphrase: string | undefined,
): Promise<FoundPrivateKey> {
  const { source } = found
  if (passphrase !== undefined && typeof passphrase !== 'string')
    throw new TypeError('The option passphrase must be a string')
  const { blocks, block } = findBlock(found)
  const { privateKey, certificates } =
    block.label === 'PKCS12'
      ? await openPfx(block, source, passphrase)
      : {
          privateKey: openBlock(block, source, passphrase),
          certificates: certificatesOf(blocks, source),
        }
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw keyErrors.ERR_KEY_TYPE({ source, type: privateKey.asymmetricKeyType ?? 'unknown' })
  return { privateKey, publicKey: createPublicKey(privateKey), certificates }
}

/** A file that is plainly not a private key is reported as what it is, whatever its mode and owner. */
function findBlock(found: SourceBytes) {
  const { source, exposure } = found
  try {
    const blocks = toBlocks(found)
    const block = privateKeyBlock(blocks, source)
    if (exposure === undefined) return { blocks, block }
  } catch (error) {
    if (exposure === undefined || isJotgateError(error, 'ERR_KEY_WRONG_HALF')) throw error
  }
  throw exposure
}

async function openPfx(block: PemBlock, source: string, passphrase: string | undefined) {
  // Loaded on demand, since it loads Node's TLS, which other keys do not need.
  const { readPfx } = await import('../pfx/read-pfx.ts')
  const { privateKey, certificate } = await readPfx(derOf(block), source, passphrase)
  return { privateKey, certificates: certificate === undefined ? [] : [certificate] }
}

function openBlock(block: PemBlock, source: string, passphrase: string | undefined): KeyObject {
  const encrypted =
    block.label === 'ENCRYPTED PRIVATE KEY' || block.text.includes('\nProc-Type: 4,ENCRYPTED')
  if (encrypted && passphrase === undefined) throw keyErrors.ERR_KEY_ENCRYPTED({ source })
  const key = { key: block.text, format: 'pem' } as const
  try {
    return createPrivateKey(encrypted ? { ...key, passphrase: passphrase ?? '' } : key)
  } catch (cause) {
    if (encrypted && isOutdatedCipher(cause)) {
      const form = 'a private key that is encrypted with an outdated cipher'
      const command = 'openssl pkey -provider legacy -provider default -in FILE -out COPY.pem'
      throw keyErrors.ERR_KEY_FOREIGN({ source, form, command }, { cause })
    }
    // A wrong passphrase gives bytes that are not a key, rarely even with the right padding.
    if (encrypted) throw keyErrors.ERR_KEY_PASSPHRASE({ source }, { cause })
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged private key' }, { cause })
  }
}

/** Whether OpenSSL 3 failed because it has moved a cipher to its provider `legacy`. */
function isOutdatedCipher(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_EVP_UNSUPPORTED'
}

/** A certificate that cannot be read is skipped, since signing does not need it. */
function certificatesOf(blocks: readonly PemBlock[], source: string): X509Certificate[] {
  return blocks.filter(isCertificate).flatMap((block) => {
    try {
      return [parseX509(derOf(block), source)]
    } catch {
      return []
    }
  })
}

/** Refuses a private key for the first problem that it has. */
export async function checkPrivateKey(pair: FoundPrivateKey, source: string): Promise<void> {
  const problem = await privateKeyProblem(pair, source)
  if (problem !== undefined) throw problem
}

const factorWeaknesses: Readonly<Record<FactorWeakness, string>> = {
  'other-factors': 'its modulus is not the product of two primes',
  'unequal-primes': 'its two primes are not of the same length',
  'close-primes': modulusWeaknesses['close-primes'],
}

/**
 * Finds the first reason why a private key is weak, or why its halves do not match. Its factors are checked while the
 * thread pool signs.
 */
export async function privateKeyProblem(
  pair: FoundPrivateKey,
  source: string,
): Promise<JotgateError | undefined> {
  const { privateKey, publicKey } = pair
  const problem = formProblem(publicKey, source)
  if (problem !== undefined) return problem
  const probing = pairProblem(pair, source)
  const weakness = factorWeakness(privateKey.export({ format: 'jwk' }))
  const damage = await probing
  // The factors say something only of a key whose signature verifies; the modulus of another is checked in full.
  if (damage !== undefined || weakness === 'other-factors') {
    const found = strengthProblem(publicKey, source) ?? damage
    if (found !== undefined) return found
  }
  return weakness === undefined
    ? strengthProblem(publicKey, source, true)
    : keyErrors.ERR_KEY_WEAK({ source, weakness: factorWeaknesses[weakness] })
}

/** OpenSSL loads a PKCS#1 file whose numbers do not match; only a signature shows it. */
async function pairProblem(
  { privateKey, publicKey }: FoundPrivateKey,
  source: string,
): Promise<JotgateError | undefined> {
  const probe = Buffer.from('jotgate')
  try {
    const signature = await signOnPool('SHA-256', probe, privateKey)
    if (verify('SHA-256', probe, publicKey, signature)) return undefined
  } catch (cause) {
    return keyErrors.ERR_KEY_DAMAGED({ source }, { cause })
  }
  return keyErrors.ERR_KEY_DAMAGED({ source })
}
