export { isJotgateError, JotgateError, type JotgateErrorCode } from '../errors/index.ts'
export { createAdminBearer, readAdminBearer } from './admin/bearer-file.ts'
export type { AdminListener, AdminTls, ListenAdminAt } from './admin/listen-admin.ts'
export { createAuditKey, readAuditKey } from './audit/audit-key.ts'
export type { AuditEvent, AuditLog } from './audit/audit-log.ts'
export {
  type AuditFinding,
  type AuditVerification,
  type VerifyOptions,
  verifyAuditLog,
} from './audit/verify-audit-log.ts'
export type { GroupOptions } from './authorise/allowed-groups.ts'
export type { Authorisation, Authorise } from './authorise/authorisation.ts'
export type { DenyRule, PersonCondition } from './authorise/conditions.ts'
export { type AuthoriseOptions, createAuthorise } from './authorise/create-authorise.ts'
export type { UpstreamRule } from './authorise/upstream-rules.ts'
export { createGateway } from './create-gateway.ts'
export type { GatewayErrorCode } from './errors.ts'
export type { Decide, Decision, Route } from './forward/decision.ts'
export type { Gateway, GatewayHealth, ListenAt, SessionFilter } from './gateway.ts'
export { type AssertionOptions, identifyByAssertion } from './identify/assertion.ts'
export { type CallbackOptions, identifyByCallback, type UserOf } from './identify/callback.ts'
export type { HostRequest } from './identify/host-request.ts'
export type {
  Identifier,
  IdentifierContext,
  IdentifierFactory,
  Identity,
} from './identify/identity.ts'
export type { AssertionKey } from './identify/keys/key-option.ts'
export type { IssuerEvent } from './identify/keys/trusted-keys.ts'
export { identifyByProvider, type ProviderOptions } from './identify/provider/provider.ts'
export type { ClaimName, ClaimNamesOfUser } from './identify/token/user-of-claims.ts'
export type { NodeHealth } from './nodes/upstream-nodes.ts'
export type {
  AuditOptions,
  GatewayOptions,
  PathOptions,
  SiteOptions,
  UpstreamOptions,
} from './options.ts'
export type { ReloadOptions } from './reload/reloads.ts'
export type { GatewayRequest } from './request.ts'
export type { Rate } from './server/rate-limit.ts'
export type { TlsCertificates } from './server/tls.ts'
export type { TlsCertificate } from './server/tls-certificate.ts'
export { readTlsFiles, type TlsFiles } from './server/tls-files.ts'
export type {
  EndReason,
  GatewaySession,
  GatewaySessions,
  SessionPlace,
} from './session/gateway-session.ts'
export type { UpstreamSession, UpstreamSessions } from './session/upstream-session.ts'
export {
  createKeyRing,
  type KeyRing,
  type RingKey,
  readKeyRing,
  rotateKeyRing,
} from './store/key-ring.ts'
export { type MemoryStoreOptions, memoryStore } from './store/memory-store.ts'
export {
  type SqliteStore,
  type SqliteStoreOptions,
  type StoreEvent,
  sqliteStore,
} from './store/sqlite-store.ts'
export type { RecordKind, Store, StoredRecord } from './store/store.ts'
