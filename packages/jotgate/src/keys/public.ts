export { isJotgateError, JotgateError, type JotgateErrorCode } from '../errors/index.ts'
export { type CheckKeyOptions, checkKey } from './check/check-key.ts'
export { type KeyRule, keyRules } from './check/key-rules.ts'
export { createKeyPair, type KeyPair } from './create/create-key-pair.ts'
export { writeKeyPair } from './create/write-key-pair.ts'
export type { KeyErrorCode } from './errors.ts'
export { type Jwks, jwksHeaders, toJwks } from './jwks/jwks.ts'
export {
  createRemoteJwks,
  type RemoteJwks,
  type RemoteJwksEvent,
  type RemoteJwksOptions,
} from './jwks/remote-jwks.ts'
export { type PfxOptions, toPfx } from './pfx/to-pfx.ts'
export { writePfx } from './pfx/write-pfx.ts'
export { type QlikCertificate, readCertificate, toCertificateLine } from './read/certificate.ts'
export { toPublicJwk } from './read/public-jwk.ts'
export { readSigningKey, type SigningKeyOptions } from './read/read-signing-key.ts'
export { readVerificationKey } from './read/read-verification-key.ts'
export type { KeySource } from './source/key-source.ts'
export { thumbprint } from './strength/thumbprint.ts'
