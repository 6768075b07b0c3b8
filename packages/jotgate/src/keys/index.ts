export { type QlikCertificate, readCertificate, toCertificateLine } from './certificate.ts'
export { type CheckKeyOptions, checkKey } from './check-key.ts'
export type { KeyRule } from './error-finding.ts'
export { type Jwks, jwksHeaders, toJwks } from './jwks.ts'
export { createKeyPair, type KeyPair } from './key-pair.ts'
export { keyRules } from './key-rules.ts'
export type { KeySource } from './key-source.ts'
export { thumbprint, toPublicJwk } from './public-jwk.ts'
export { readSigningKey, type SigningKeyOptions } from './read-signing-key.ts'
export { readVerificationKey } from './read-verification-key.ts'
export {
  createRemoteJwks,
  type RemoteJwks,
  type RemoteJwksEvent,
  type RemoteJwksOptions,
} from './remote-jwks.ts'
export { type PfxOptions, toPfx } from './to-pfx.ts'
export { writeKeyPair } from './write-key-pair.ts'
export { writePfx } from './write-pfx.ts'
