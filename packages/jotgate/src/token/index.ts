export { assumptionsOf, withMappingOf } from './assumptions.ts'
export { readClientManaged } from './client-managed.ts'
export { readClientManagedUser } from './client-managed-user.ts'
export { readCloud } from './deployment.ts'
export { tokenErrors } from './errors.ts'
export {
  clientManagedLifetime,
  cloudLifetime,
  type LifetimeLimits,
  type LifetimeProblem,
  longLifetimeSeconds,
  readLifetime,
} from './lifetime.ts'
export * from './public.ts'
export { createQueue } from './queue.ts'
export { readUser } from './read-user.ts'
export { durationInWords } from './rules/time-words.ts'
export { parseKid } from './signing-key.ts'
export { knownKeys } from './strength/known-keys.ts'
export {
  modulusWeakness,
  modulusWeaknesses,
  sharesPrime,
} from './strength/weak-modulus.ts'
export { readCloudUser, toUserError } from './user.ts'
export { type DerElement, derTag, readDerElements, readDerSequence } from './verify/der.ts'
export { readJwkNumber } from './verify/jwk-number.ts'
export { mayVerify } from './verify/public-key.ts'
export { readStrictToken, type StrictToken } from './verify/strict-token.ts'
