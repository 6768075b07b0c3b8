import { constants, type KeyObject, verify } from 'node:crypto'

interface RsaAlgorithm {
  readonly hash: string
  readonly padding: number
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants

/** Algorithms of RSA keys (RFC 7518 §3.1), by exact spelling. */
const rsaAlgorithms: ReadonlyMap<unknown, RsaAlgorithm> = new Map([
  ['RS256', { hash: 'sha256', padding: RSA_PKCS1_PADDING }],
  ['RS384', { hash: 'sha384', padding: RSA_PKCS1_PADDING }],
  ['RS512', { hash: 'sha512', padding: RSA_PKCS1_PADDING }],
  ['PS256', { hash: 'sha256', padding: RSA_PKCS1_PSS_PADDING }],
  ['PS384', { hash: 'sha384', padding: RSA_PKCS1_PSS_PADDING }],
  ['PS512', { hash: 'sha512', padding: RSA_PKCS1_PSS_PADDING }],
])

/** Whether a header's `alg` is an algorithm of RSA keys. */
export function isRsaAlgorithm(alg: unknown): alg is string {
  return rsaAlgorithms.has(alg)
}

/** Verifies a JWS signature with an RSA key; false for every other algorithm (RFC 7515 §5.2). */
export function verifyRsaSignature(
  token: { readonly alg: unknown; readonly signedText: string; readonly signature: Buffer },
  key: KeyObject,
): boolean {
  const algorithm = rsaAlgorithms.get(token.alg)
  if (algorithm === undefined) return false
  const { hash, padding } = algorithm
  const salt = padding === RSA_PKCS1_PSS_PADDING ? { saltLength: RSA_PSS_SALTLEN_DIGEST } : {}
  const signedBytes = Buffer.from(token.signedText, 'ascii')
  return verify(hash, signedBytes, { key, padding, ...salt }, token.signature)
}
