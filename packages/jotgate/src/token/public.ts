export { isJotgateError, JotgateError, type JotgateErrorCode } from '../errors/index.ts'
export type { Certainty, Effect, Finding, SigningAlgorithm } from '../values/index.ts'
export { type CheckOptions, checkDeployment, checkToken, type TokenCheck } from './check.ts'
export {
  type ClaimsOf,
  type ClientManagedClaims,
  type CloudClaims,
  claimsFor,
  type TokenStamp,
} from './claims.ts'
export {
  type ClaimNames,
  type ClientManagedDeployment,
  type ClientManagedOptions,
  clientManaged,
} from './client-managed.ts'
export { signingKeyFromCryptoKey } from './crypto-key.ts'
export { type DecodedToken, decodeToken } from './decode.ts'
export { type CloudDeployment, type CloudOptions, cloud, type Deployment } from './deployment.ts'
export type { TokenErrorCode } from './errors.ts'
export { inspectToken, type TokenInspection } from './inspect.ts'
export { type RuleDescription, tokenRules } from './rules/registry.ts'
export { createSigner, type SignedToken, type Signer, type SignerOptions } from './signer.ts'
export type { RsaPublicJwk, SigningKey } from './signing-key.ts'
export type { AttributeScalar, AttributeValue, User } from './user.ts'
export type { SignatureVerdict } from './verify/signature.ts'
export type { TrustOptions } from './verify/trust.ts'
