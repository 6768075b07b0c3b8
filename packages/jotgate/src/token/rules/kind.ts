import { isObject, type JsonObject, listNames, ownMember } from '../../values/index.ts'
import { cloudAudience } from '../claims.ts'
import { constantDirectory } from '../client-managed.ts'
import { presentNames } from './members.ts'
import { providerTraits } from './providers.ts'
import type { Subject, TokenRule } from './rule.ts'

const isApiKey = ({ claims }: Subject) => ownMember(claims, 'iss') === 'qlik.api/api-keys'

/** Qlik's API, where the token should be addressed to the login. */
const apiAudience = /^qlik\.api(\/api(\/.*)?)?$|\/api\/v\d/

/** Claims that no header needs, unless the token is encrypted (RFC 7519 section 5.3). */
const userClaims =
  'sub aud exp nbf iat jti subType name email email_verified groups userId userDirectory'.split(' ')

/** Names of members in which programs wrap the claims. */
const wrappers = ['payload', 'claims', 'data', 'body', 'user', 'jwt', 'token']

const dotNetClaim =
  /^http:\/\/schemas\.(xmlsoap\.org\/ws\/2005\/05|microsoft\.com\/(ws\/2008\/06|identity\/claims))\//

/** The last part of an address of .NET's `ClaimTypes`; any other is not shown. */
const dotNetNames =
  'nameidentifier name emailaddress givenname surname role groupsid upn primarysid objectidentifier tenantid'.split(
    ' ',
  )

/** Whether the token names its user as a virtual proxy asks: then nothing else of it refuses it by its kind. */
function namesUser({ deployment, claims }: Subject): boolean {
  if (deployment?.product !== 'client-managed') return false
  const { userId, userDirectory } = deployment.claims
  const isDirectoryKnown =
    constantDirectory(deployment.claims) !== undefined || Object.hasOwn(claims, userDirectory)
  return Object.hasOwn(claims, userId) && isDirectoryKnown
}

/** Whether the token names its user as the deployment asks, wherever else it may come from. */
function isForDeployment(subject: Subject): boolean {
  return [ownMember(subject.claims, 'aud')].flat().includes(cloudAudience) || namesUser(subject)
}

const signOwn =
  'then sign a token for Qlik for the same person with your own key: `createSigner`, or `jotgate token create`'
const login = 'https://qlik.dev/apis/rest/login/'

/**
 * What a token is where it is none for a login at Qlik. Only the first that applies is a finding, and it
 * leads all others: they follow from it.
 */
export const kindRules: readonly TokenRule[] = [
  {
    about: 'claims',
    id: 'kind-api-key',
    effect: 'refused',
    certainty: 'verified',
    title: 'This is an API key of Qlik Cloud, not a token for a login',
    hint: 'Scripts send an API key to /api/v1 as `Authorization: Bearer`; it logs in no user of your application. For a login, sign a token with your own key: `jotgate token create`. If others have seen this key, delete it in Qlik and create another one.',
    source: 'https://qlik.dev/apis/rest/api-keys/',
    explain: (subject) => (isApiKey(subject) ? '`iss` is qlik.api/api-keys.' : undefined),
  },
  {
    about: 'claims',
    id: 'kind-api-audience',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The token is made to call Qlik’s API, which accepts no token that you sign',
    hint: 'POST a token that you sign to /login/jwt-session, with the audience qlik.api/login/jwt-session, and call /api/v1 with the cookies of that session: `jotgate request`. To call /api/v1 without a session, use an access token of an OAuth client or an API key.',
    source: `${login}; https://qlik.dev/authenticate/oauth/`,
    explain(subject) {
      if (isForDeployment(subject)) return undefined
      const audiences = [ownMember(subject.claims, 'aud')].flat()
      return audiences.some((one) => typeof one === 'string' && apiAudience.test(one))
        ? '`aud` is Qlik’s API, not its login.'
        : undefined
    },
  },
  {
    about: 'header',
    id: 'kind-claims-in-header',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The claims are in the header of the token',
    hint: 'Put the claims into the payload: in jsonwebtoken the first argument of `sign`, not the option `header`; in jose `new SignJWT(claims)`, not `setProtectedHeader`; in .NET `JwtPayload`, not `JwtHeader`. The header has `alg`, `typ` and `kid`.',
    source: 'RFC 7515 section 4; RFC 7519 section 4',
    explain(subject) {
      if (namesUser(subject)) return undefined
      const { header, claims } = subject
      const names = presentNames(header, userClaims).filter((name) => !Object.hasOwn(claims, name))
      return names.length === 0
        ? undefined
        : `The header has ${listNames(names)}, and the payload does not.`
    },
  },
  {
    about: 'claims',
    id: 'kind-claims-nested',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The claims are inside another claim',
    hint: 'Sign the claims themselves, not an object that has them as a member: they belong at the top of the payload.',
    source: 'RFC 7519 section 4',
    explain(subject) {
      if (namesUser(subject)) return undefined
      const { claims } = subject
      const wrapper = wrappers.find((name) => {
        const inner = ownMember(claims, name)
        const names = isObject(inner) ? presentNames(inner, userClaims) : []
        return names.filter((one) => !Object.hasOwn(claims, one)).length > 1
      })
      return wrapper === undefined ? undefined : `They are in \`${wrapper}\`.`
    },
  },
  {
    about: 'claims',
    id: 'kind-dotnet-claim-names',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The claims have the names of .NET’s ClaimTypes, which are web addresses',
    hint: 'Write the short names that Qlik reads, such as `sub`, `name` and `email`: `new Claim("sub", …)` or `JwtRegisteredClaimNames.Sub` in place of `ClaimTypes.NameIdentifier`.',
    source: 'https://learn.microsoft.com/dotnet/api/system.security.claims.claimtypes',
    explain({ claims }) {
      const names = Object.keys(claims).filter((name) => dotNetClaim.test(name))
      if (names.length === 0) return undefined
      const known = dotNetNames.filter((last) => names.some((name) => name.endsWith(`/${last}`)))
      return `${names.length === 1 ? '1 name is' : `${names.length} names are`} an address${known.length === 0 ? '' : `, for instance that of ${listNames(known)}`}.`
    },
  },
  {
    about: 'claims',
    id: 'kind-other-provider',
    effect: 'refused',
    certainty: 'inferred',
    title: 'This is a token of another identity provider',
    hint: `Do not send it to Qlik. Let your own server verify it (signature, issuer, audience), ${signOwn}. Or let people log in to Qlik itself through this provider, as an interactive identity provider.`,
    source: `OpenID Connect Core 1.0 section 2; RFC 9068; ${login}`,
    explain(subject) {
      if (isForDeployment(subject)) return undefined
      return explainProvider(subject.header, subject.claims)
    },
  },
]

function explainProvider(header: JsonObject, claims: JsonObject): string | undefined {
  const { provider, marks, kind } = providerTraits(header, claims)
  if (provider === undefined && marks.length < 2) return undefined
  const has = marks.length === 0 ? '' : `, and it has ${listNames(marks.slice(0, 4))}`
  return provider === undefined
    ? `It has ${listNames(marks.slice(0, 4))}, as ${kind}s of OpenID Connect have.`
    : `\`iss\` has the form of ${provider}${has}: it is an ${kind}.`
}
