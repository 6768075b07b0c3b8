import type { SigningAlgorithm } from '../token/signing-key.ts'
import { keyErrors } from './errors.ts'

/** The hash of each algorithm, as `node:crypto` calls it. */
export const hashes: Readonly<Record<SigningAlgorithm, string>> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
}

export function isAlgorithm(value: unknown): value is SigningAlgorithm {
  return typeof value === 'string' && Object.hasOwn(hashes, value)
}

/** Reads the option `alg`: a key that said another one would be used by it, in another library. */
export function parseAlgorithm(value: unknown): SigningAlgorithm {
  if (value === undefined) return 'RS256'
  if (isAlgorithm(value)) return value
  const problem = `must be one of ${Object.keys(hashes).join(', ')}`
  throw keyErrors.ERR_KEY_OPTION({ option: 'alg', problem })
}
