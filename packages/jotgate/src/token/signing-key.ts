import { tokenErrors } from './errors.ts'
import { textProblem } from './text-problem.ts'

/** RSASSA-PKCS1-v1_5 with SHA-256, SHA-384 or SHA-512 (RFC 7518 section 3.3). */
export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512'

/** The public half of a signing key, as it may be published. */
export interface RsaPublicJwk {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** A private key that can do one thing: sign. Where it lives is its maker's affair. */
export interface SigningKey {
  readonly alg: SigningAlgorithm
  /** The key ID, as the deployment has it. */
  readonly kid: string
  readonly publicJwk: RsaPublicJwk
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** Refuses a key ID that could not be sent, shown or logged as it stands. */
export function parseKid(kid: unknown): string {
  const problem = textProblem(kid, 256)
  if (problem === undefined) return kid as string
  throw tokenErrors.ERR_TOKEN_KEY({ problem: `has an unusable key ID, which ${problem}` })
}
