import { type JsonObject, ownMember } from '../../values/index.ts'
import { presentNames } from './members.ts'

/** Identity providers, by the form of their issuers. */
const issuers: readonly (readonly [provider: string, form: RegExp])[] = [
  ['Auth0', /^https:\/\/[^/]+\.auth0\.com\/$/],
  [
    'Microsoft Entra ID',
    /^https:\/\/(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net|[^/]+\.ciamlogin\.com|[^/]+\.b2clogin\.com)\//,
  ],
  ['Keycloak', /^https?:\/\/.+\/realms\/[^/]+$/],
  ['Okta', /^https:\/\/[^/]+\.(okta|oktapreview|okta-emea|okta-gov)\.com(\/|$)/],
  ['Amazon Cognito', /^https:\/\/cognito-idp\.[^/]+\.amazonaws\.com\//],
  ['Google', /^(https:\/\/)?accounts\.google\.com$/],
  ['Firebase', /^https:\/\/(securetoken|session)\.(firebase\.)?google\.com\//],
  ['AD FS', /^https?:\/\/[^/]+\/adfs(\/|$)/],
  ['Ping Identity', /^https:\/\/auth\.pingone\.[^/]+\//],
  ['OneLogin', /^https:\/\/[^/]+\.onelogin\.com\//],
  ['Supabase', /^https:\/\/[^/]+\.supabase\.co\//],
  ['Clerk', /^https:\/\/[^/]+\.clerk\.accounts\.dev$/],
]

/** Claims of ID tokens, and of access tokens, that have no place in a token for Qlik. */
const ofIdTokens = ['nonce', 'at_hash', 'c_hash', 's_hash']
const ofAccessTokens = [
  'scp',
  'scope',
  'gty',
  'appid',
  'appidacr',
  'cid',
  'client_id',
  'permissions',
]
const ofBoth =
  'azp tid oid auth_time acr amr sid session_state token_use uti rh aio wids ver idp realm_access resource_access cognito:groups cognito:username'.split(
    ' ',
  )

/** By what a token of another identity provider is recognised. */
export interface ProviderTraits {
  /** By the form of `iss`; undefined for any other form. */
  readonly provider: string | undefined
  /** The claims that such tokens have. */
  readonly marks: readonly string[]
  readonly kind: 'access token' | 'ID token'
}

/** Recognises a token of another identity provider by its issuer and its claims. */
export function providerTraits(header: JsonObject, claims: JsonObject): ProviderTraits {
  const iss = ownMember(claims, 'iss')
  const provider =
    typeof iss === 'string' ? issuers.find(([, form]) => form.test(iss))?.[0] : undefined
  const id = presentNames(claims, ofIdTokens)
  const access = presentNames(claims, ofAccessTokens)
  const typ = ownMember(header, 'typ')
  const isAccessToken =
    (typeof typ === 'string' && /^(application\/)?at\+jwt$/i.test(typ)) ||
    ownMember(claims, 'token_use') === 'access' ||
    (id.length === 0 && access.length > 0)
  return {
    provider,
    marks: [...id, ...access, ...presentNames(claims, ofBoth)],
    kind: isAccessToken ? 'access token' : 'ID token',
  }
}
