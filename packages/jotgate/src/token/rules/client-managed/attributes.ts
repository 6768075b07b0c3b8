import { kindOf, listNames, ownMember } from '../../../values/index.ts'
import {
  type ClientManagedDeployment,
  constantDirectory,
  namedClaims,
} from '../../client-managed.ts'
import { explainGroupForm, groupFormWords } from '../group-form.ts'
import { listKnown, presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { otherNames } from './claim-names.ts'

const registered = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

/** Claims that may be shown by name; any other is counted, since a finding holds nothing of the token. */
const known =
  'name email mail roles role group groups Group department title given_name picture'.split(' ')

const isAttribute = (value: unknown) =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string'))

const hasSemicolon = (value: unknown) => typeof value === 'string' && value.includes(';')

/** The claims of the attribute mapping, without those that identify the user. */
function mappedClaims({ claims }: ClientManagedDeployment): string[] {
  return namedClaims(claims)
    .filter(([option]) => option !== 'claims.userId' && option !== 'claims.userDirectory')
    .map(([, name]) => name)
}

const injects =
  'help.qlik.com, "JWT authentication": the proxy "injects the configured attribute mapping"'

/** Groups and other attributes, as the virtual proxy maps them. */
export const attributeRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'claims',
    id: 'client-managed-group-name',
    effect: 'ignored',
    certainty: 'inferred',
    title: 'The groups are not under the name that the virtual proxy reads',
    hint: 'Make the name in the token and the left side of the virtual proxy’s attribute mapping exactly the same; its right side is `group`.',
    source: `${injects}; goldbergjeffrey/qs-jwt-examples, docs/vpconfig.md`,
    explain({ claims, deployment }) {
      const { groups } = deployment.claims
      if (groups === undefined || Object.hasOwn(claims, groups)) return undefined
      const others = otherNames(claims, 'groups', groups)
      return others.length === 0
        ? undefined
        : `The payload has ${listNames(others)}, and the deployment has \`${groups}\`.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-group-form',
    ...groupFormWords,
    explain: ({ claims, deployment: { claims: names } }) =>
      names.groups === undefined ? undefined : explainGroupForm(ownMember(claims, names.groups)),
  },
  {
    about: 'claims',
    id: 'client-managed-mapped-claim-missing',
    effect: 'advice',
    certainty: 'inferred',
    title: 'A claim of the attribute mapping is not in the token',
    hint: 'Send it, when security rules ask for it. Where the virtual proxy’s mapping has it as mandatory, the token is refused without it: leave that box empty for what not every user has, groups too.',
    source:
      'Field isMandatory of the virtual proxy’s jwtAttributeMap; what it does is inferred from its name',
    explain({ claims, deployment }) {
      const { groups } = deployment.claims
      const missing = mappedClaims(deployment)
        .filter((name) => !Object.hasOwn(claims, name))
        // Groups under another name have a rule of their own.
        .filter((name) => name !== groups || otherNames(claims, 'groups', name).length === 0)
      return missing.length === 0
        ? undefined
        : `The payload has ${missing.map((name) => `no \`${name}\``).join(' and ')}.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-attribute-type',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'An attribute is neither a string nor a list of strings',
    hint: 'Send attributes and groups as strings or lists of strings: those forms are known to reach the security rules. Before you rely on a number or a boolean, try it in a rule.',
    source:
      'goldbergjeffrey/qs-jwt-examples, docs/vpconfig.md; other forms were looked for and not found',
    explain({ claims, deployment }) {
      const wrong = mappedClaims(deployment).flatMap((name) => {
        const value = ownMember(claims, name)
        if (value === undefined || isAttribute(value)) return []
        return [
          `\`${name}\` is ${Array.isArray(value) ? 'a list of other things' : kindOf(value)}.`,
        ]
      })
      return wrong.length === 0 ? undefined : wrong.join(' ')
    },
  },
  {
    about: 'claims',
    id: 'client-managed-semicolon',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'A value that the virtual proxy passes on has a semicolon in it',
    hint: 'Send none: the proxy writes `UserDirectory=…; UserId=…` and `attribute=value; …` into headers for Qlik’s services, and one could begin another attribute. jotgate itself signs none.',
    source:
      'help.qlik.com, "Proxy service API", injected headers X-Qlik-User and X-Qlik-Security; whether the proxy escapes was looked for and not found',
    explain({ claims, deployment }) {
      const names = namedClaims(deployment.claims)
        .map(([, name]) => name)
        .filter((name) => [ownMember(claims, name)].flat().some(hasSemicolon))
      return names.length === 0 ? undefined : `There is one in ${listNames(names)}.`
    },
  },
  {
    about: 'claims',
    id: 'client-managed-unmapped-claims',
    effect: 'ignored',
    certainty: 'inferred',
    title: 'The token has claims that the virtual proxy does not map',
    hint: 'Add them to the virtual proxy’s attribute mapping and to `claims.attributes`, or omit them.',
    source: injects,
    explain({ claims, deployment }) {
      const names = new Set([
        ...registered,
        ...namedClaims(deployment.claims).map(([, name]) => name),
      ])
      // These have rules of their own.
      const { groups, userId, userDirectory } = deployment.claims
      const reported = [
        ...(groups === undefined || Object.hasOwn(claims, groups)
          ? []
          : otherNames(claims, 'groups', groups)),
        ...(Object.hasOwn(claims, userId) ? [] : otherNames(claims, 'userId', userId)),
        ...(Object.hasOwn(claims, userDirectory) ||
        constantDirectory(deployment.claims) !== undefined
          ? []
          : otherNames(claims, 'userDirectory', userDirectory)),
      ]
      const unmapped = Object.keys(claims).filter(
        (name) => !names.has(name) && !reported.includes(name),
      )
      if (unmapped.length === 0) return undefined
      const named = presentNames(claims, known).filter((name) => unmapped.includes(name))
      return `Not mapped: ${listKnown(named, unmapped.length, 'claim')}.`
    },
  },
]
