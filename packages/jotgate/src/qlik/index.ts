export { callAs, type RestAnswer, type RestCall, type RestMethod } from './call-as.ts'
export { type Administration, createAdministration } from './cloud/administration.ts'
export type { CspDirective, CspOrigin, CspOriginCalls } from './cloud/csp-origins.ts'
export { getCsrfToken } from './cloud/csrf-token.ts'
export {
  getCurrentUser,
  type QlikGroup,
  type QlikName,
  type QlikUser,
} from './cloud/current-user.ts'
export type { GroupSettings, GroupSettingsCalls } from './cloud/group-settings.ts'
export type { IdentityProvider, IdentityProviderCalls } from './cloud/identity-providers.ts'
export type { WebIntegration, WebIntegrationCalls } from './cloud/web-integrations.ts'
export type { Cookies } from './cookies.ts'
export { engineUrl } from './engine-url.ts'
export type { CallOptions } from './http.ts'
export { type KeptSession, keepSession, restoreSession } from './kept-session.ts'
export { pagesOf } from './pages.ts'
export type { OpenSessionOptions, QlikProduct, SessionCallOptions } from './product.ts'
export { endSession, openSession, productFor } from './product-for.ts'
export { checkRestHeader } from './rest-headers.ts'
export type { DeploymentAddress, QlikSession } from './session.ts'
