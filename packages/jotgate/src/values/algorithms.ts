import type { ProductName } from './products.ts'
import { joinWords } from './strings.ts'

/** RSASSA-PKCS1-v1_5 with SHA-256, SHA-384 or SHA-512 (RFC 7518 section 3.3). */
export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512'

/** What is known of one algorithm. */
export interface AlgorithmFacts {
  /** The name of the hash in Web Crypto; `node:crypto` takes it too. */
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512'
  readonly keyType: 'RSA'
  /**
   * The products that accept it. Qlik Cloud's tutorials ask for RS256:
   * https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
   */
  readonly products: readonly ProductName[]
}

const rsa = { keyType: 'RSA' } as const

/** The only table of algorithms. RSA alone: Qlik's products take no other key for these tokens. */
export const algorithms: Readonly<Record<SigningAlgorithm, AlgorithmFacts>> = Object.freeze({
  RS256: { ...rsa, hash: 'SHA-256', products: ['cloud', 'client-managed'] },
  RS384: { ...rsa, hash: 'SHA-384', products: ['client-managed'] },
  RS512: { ...rsa, hash: 'SHA-512', products: ['client-managed'] },
})

/** The names, shortest hash first. */
export const signingAlgorithms = Object.freeze(
  Object.keys(algorithms) as SigningAlgorithm[],
) as readonly [SigningAlgorithm, ...SigningAlgorithm[]]

/** What `alg` may be, as prose: `RS256, RS384 or RS512`. */
export const algorithmNames = joinWords(signingAlgorithms, 'or')

/** Whether a value names one of the algorithms. */
export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithms, value)
}

/** The algorithms that a product takes. */
export function algorithmsOf(product: ProductName): readonly SigningAlgorithm[] {
  return Object.freeze(
    signingAlgorithms.filter((name) => algorithms[name].products.includes(product)),
  )
}
