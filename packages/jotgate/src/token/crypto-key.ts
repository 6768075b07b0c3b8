import { type CryptoKey, calculateJwkThumbprint, exportJWK } from 'jose'
import { algorithms, type SigningAlgorithm, signingAlgorithms } from '../values/index.ts'
import { parseBase64url } from './base64url.ts'
import { tokenErrors } from './errors.ts'
import { parseKid, type SigningKey } from './signing-key.ts'
import { weaknessOf } from './strength/weakness-of.ts'

/**
 * Makes a signing key of a Web Crypto key pair, in any runtime. The private key may be
 * non-extractable; it is only ever asked to sign.
 *
 * @param options.privateKey RSASSA-PKCS1-v1_5, usage `sign`; its hash decides the algorithm
 * @param options.publicKey its other half, extractable
 * @param options.kid 1 to 256 characters; default the RFC 7638 thumbprint
 * @throws ERR_TOKEN_KEY when the key is of another kind, smaller than 2048 or larger than 8192 bits,
 * has an exponent other than 65537, is weak or publicly known, or the halves do not belong together
 * @see RFC 7518 section 3.3 for the size
 * @example
 * const pair = await crypto.subtle.generateKey(
 *   {
 *     name: 'RSASSA-PKCS1-v1_5',
 *     hash: 'SHA-256',
 *     modulusLength: 3072,
 *     publicExponent: new Uint8Array([1, 0, 1]),
 *   },
 *   false,
 *   ['sign', 'verify'],
 * )
 * const key = await signingKeyFromCryptoKey({ ...pair, kid: 'acme-1' })
 */
export async function signingKeyFromCryptoKey(options: {
  privateKey: CryptoKey
  publicKey: CryptoKey
  kid?: string
}): Promise<SigningKey> {
  const { privateKey, publicKey } = options
  const alg = parseAlgorithm(privateKey, 'private')
  if (parseAlgorithm(publicKey, 'public') !== alg) throw unfit()
  const { n, e } = await exportJWK(publicKey)
  if (n === undefined || e === undefined) throw unfit()
  const thumbprint = await calculateJwkThumbprint({ kty: 'RSA', n, e })
  // The private key may be non-extractable, so only its modulus is checked.
  const weakness = weaknessOf(parseBase64url(n) ?? new Uint8Array(), thumbprint)
  if (weakness !== undefined) throw tokenErrors.ERR_TOKEN_KEY({ problem: weakness })
  const kid = parseKid(options.kid ?? thumbprint)
  const sign = async (bytes: Uint8Array) =>
    new Uint8Array(
      await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Uint8Array.from(bytes)),
    )
  await checkPair(sign, { n, e }, privateKey)
  const publicJwk = Object.freeze({ kty: 'RSA', n, e, kid, alg, use: 'sig' } as const)
  return Object.freeze({ alg, kid, publicJwk, sign })
}

const unfit = () => tokenErrors.ERR_TOKEN_KEY({ problem: 'has halves that do not belong together' })

function parseAlgorithm(key: CryptoKey, type: 'private' | 'public'): SigningAlgorithm {
  const refuse = (problem: string) => tokenErrors.ERR_TOKEN_KEY({ problem })
  if (key?.type !== type) throw refuse(`has no ${type} half where one is needed`)
  const algorithm = key.algorithm as {
    name: string
    hash?: { name: string }
    modulusLength?: number
    publicExponent?: Uint8Array
  }
  if (algorithm.name !== 'RSASSA-PKCS1-v1_5')
    throw refuse(`is for ${algorithm.name}, not for RSASSA-PKCS1-v1_5`)
  const alg = signingAlgorithms.find((name) => algorithms[name].hash === algorithm.hash?.name)
  if (alg === undefined)
    throw refuse(`is bound to ${algorithm.hash?.name}, which no algorithm uses`)
  const bits = algorithm.modulusLength ?? 0
  if (bits < 2048 || bits > 8192) throw refuse(`has ${bits} bits`)
  const exponent = [...(algorithm.publicExponent ?? [])].reduce((sum, byte) => sum * 256 + byte, 0)
  if (exponent !== 65537) throw refuse('has a public exponent that is not 65537')
  if (type === 'private' && !key.usages.includes('sign')) throw refuse('may not be used to sign')
  return alg
}

/** Signs once and verifies, so that a mix-up is found here and not at the first user's login. */
async function checkPair(
  sign: SigningKey['sign'],
  numbers: { n: string; e: string },
  privateKey: CryptoKey,
): Promise<void> {
  const { name, hash } = privateKey.algorithm as unknown as { name: string; hash: { name: string } }
  const algorithm = { name, hash: hash.name }
  const verifier = await crypto.subtle.importKey(
    'jwk',
    { kty: 'RSA', ...numbers },
    algorithm,
    false,
    ['verify'],
  )
  const probe = new TextEncoder().encode('jotgate')
  const signature = Uint8Array.from(await sign(probe))
  if (!(await crypto.subtle.verify(name, verifier, signature, probe))) throw unfit()
}
