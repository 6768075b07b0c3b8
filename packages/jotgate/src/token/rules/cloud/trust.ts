import { kindOf, listNames, ownMember, stringProblem } from '../../../values/index.ts'
import { cloudAudience } from '../../claims.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { describeDifference, isFilled, presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { isNotChecked } from '../signature.ts'

const libraries = 'in jsonwebtoken the option `keyid`, in jose `setProtectedHeader({ kid })`'

/** By what the tenant finds the key: key ID and issuer; and whom the token is for. */
export const trustRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'header',
    id: 'cloud-key-id-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The header has no key ID',
    hint: `Put the key ID of the identity provider into the header as \`kid\`: ${libraries}.`,
    source: 'https://qlik.dev/apis/rest/login/: "it must match the KeyID in the IDP definition"',
    explain({ header, claims }) {
      const kid = ownMember(header, 'kid')
      if (isFilled(kid)) return undefined
      if (typeof kid === 'string') return '`kid` is empty.'
      if (kid !== undefined) return `\`kid\` is ${kindOf(kid)}, not a string.`
      return Object.hasOwn(claims, 'kid') || Object.hasOwn(claims, 'keyid')
        ? undefined
        : 'There is no `kid` among the header’s members.'
    },
  },
  {
    about: 'claims',
    id: 'cloud-key-id-in-payload',
    effect: 'refused',
    certainty: 'verified',
    title: 'The key ID is in the payload, not in the header',
    hint: `Move it into the header as \`kid\`: ${libraries}.`,
    source: 'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/',
    explain({ header, claims }) {
      const names = presentNames(claims, ['kid', 'keyid'])
      return names.length > 0 && !isFilled(ownMember(header, 'kid'))
        ? `The payload has ${listNames(names)}, and the header has no \`kid\`.`
        : undefined
    },
  },
  {
    about: 'signature',
    id: 'cloud-key-id-unknown',
    effect: 'refused',
    certainty: 'verified',
    title: 'None of the given keys has the header’s key ID',
    hint: 'Use the key ID that the identity provider has, exactly as it is written there. Each of its keys has its own.',
    source: 'https://qlik.dev/apis/rest/login/: "it must match the KeyID in the IDP definition"',
    explain: ({ signature }) =>
      isNotChecked(signature, 'key-id')
        ? 'The header’s `kid` is none of the given key IDs.'
        : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-issuer',
    effect: 'refused',
    certainty: 'verified',
    title: 'The issuer is not the one that the tenant trusts',
    hint: 'Write `iss` exactly as the identity provider has it: Administration, Identity provider, Issuer.',
    source: 'https://qlik.dev/apis/rest/login/: "it must match the issuer in the IDP definition"',
    explain({ claims, deployment }) {
      const iss = ownMember(claims, 'iss')
      if (iss === deployment.issuer) return undefined
      if (iss === undefined) return 'The payload has no `iss`.'
      if (!isFilled(iss)) return `\`iss\` is ${kindOf(iss)}.`
      // Such a string has a rule of its own, and a deployment cannot have it.
      if (stringProblem(iss, 256) !== undefined) return undefined
      return `The tenant trusts ${JSON.stringify(deployment.issuer)}. In the token ${describeDifference(iss, deployment.issuer)}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-issuer-form',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The issuer cannot be the name of an issuer',
    hint: 'Write the issuer as the identity provider has it: up to 256 characters, without control characters.',
    source: 'https://qlik.dev/apis/rest/login/: "it must match the issuer in the IDP definition"',
    explain({ claims }) {
      const iss = ownMember(claims, 'iss')
      const problem = isFilled(iss) ? stringProblem(iss, 256) : undefined
      return problem === undefined ? undefined : `\`iss\` ${problem}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-audience',
    effect: 'refused',
    certainty: 'verified',
    title: 'The audience is not Qlik Cloud’s login',
    hint: 'Write `"aud": "qlik.api/login/jwt-session"`: the same for every tenant, without https://.',
    source: 'https://qlik.dev/apis/rest/login/',
    explain({ claims, deployment }) {
      const aud = ownMember(claims, 'aud')
      const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
      if (all.length > 0 && all.every((one) => one === cloudAudience)) return undefined
      if (aud === undefined) return 'The payload has no `aud`.'
      if (all.includes(cloudAudience))
        return '`aud` names others beside it, who could use the token.'
      if (typeof aud === 'string' && aud.startsWith(deployment.url))
        return '`aud` is the tenant’s address.'
      return `\`aud\` is wrong: ${describeDifference(aud, cloudAudience)}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-audience-list',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The audience is a list',
    hint: 'Write `aud` as a string, as every example of Qlik has it. JWT allows a list, but no source shows that Qlik accepts one.',
    source: 'RFC 7519 section 4.1.3; https://qlik.dev/apis/rest/login/',
    explain({ claims }) {
      const aud = ownMember(claims, 'aud')
      return Array.isArray(aud) && aud.length > 0 && aud.every((one) => one === cloudAudience)
        ? '`aud` is a list with the right audience alone.'
        : undefined
    },
  },
  {
    about: 'claims',
    id: 'cloud-made-for-client-managed',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is made for client-managed Qlik Sense',
    hint: 'Make a token for the tenant: describe it by `cloud()`, not by `clientManaged()`. Neither product accepts the other’s tokens.',
    source: 'https://qlik.dev/apis/rest/login/ against "JWT authentication" on help.qlik.com',
    explain({ claims }) {
      if (Object.hasOwn(claims, 'sub')) return undefined
      const directories = ['userDirectory', 'userdirectory', 'UserDirectory', 'directory']
      const names = presentNames(claims, directories)
      return names.length === 0 ? undefined : `It has ${listNames(names)}, and no \`sub\`.`
    },
  },
]
