import { type SigningAlgorithm, stringProblem } from '../values/index.ts'
import { tokenErrors } from './errors.ts'

/** The public half of a signing key, as it may be published. */
export interface RsaPublicJwk {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** A private key that can do one thing: sign. Where it is kept, only its maker knows. */
export interface SigningKey {
  readonly alg: SigningAlgorithm
  /** The key ID, as the deployment has it. */
  readonly kid: string
  readonly publicJwk: RsaPublicJwk
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** Refuses a key ID that could not be sent, shown or logged as it is. */
export function parseKid(kid: unknown): string {
  const problem = stringProblem(kid, 256)
  if (problem === undefined) return kid as string
  throw tokenErrors.ERR_TOKEN_KEY({ problem: `has a key ID that ${problem}` })
}
