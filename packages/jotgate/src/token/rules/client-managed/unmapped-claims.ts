import {
  type ClientManagedDeployment,
  constantDirectory,
  namedClaims,
} from '../../client-managed.ts'
import { listKnown, presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { otherNames } from './claim-names.ts'

const registered = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

/** Shown by name; any other is counted, since a finding holds nothing of the token. */
const known =
  'name email mail roles role group groups Group department title given_name picture'.split(' ')

export const unmappedClaims: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-unmapped-claims',
  effect: 'ignored',
  certainty: 'inferred',
  title: 'The token has claims that the virtual proxy does not map',
  hint: 'Add them to the virtual proxy’s attribute mapping and to `claims.attributes`, or leave them out.',
  source:
    'help.qlik.com, "JWT authentication": the proxy "injects the configured attribute mapping"',
  explain({ claims, deployment }) {
    const names = new Set([
      ...registered,
      ...namedClaims(deployment.claims).map(([, name]) => name),
    ])
    // Told by rules of their own.
    const { groups, userId, userDirectory } = deployment.claims
    const told = [
      ...(groups === undefined || Object.hasOwn(claims, groups)
        ? []
        : otherNames(claims, 'groups', groups)),
      ...(Object.hasOwn(claims, userId) ? [] : otherNames(claims, 'userId', userId)),
      ...(Object.hasOwn(claims, userDirectory) || constantDirectory(deployment.claims) !== undefined
        ? []
        : otherNames(claims, 'userDirectory', userDirectory)),
    ]
    const unmapped = Object.keys(claims).filter((name) => !names.has(name) && !told.includes(name))
    if (unmapped.length === 0) return undefined
    const named = presentNames(claims, known).filter((name) => unmapped.includes(name))
    return `Not mapped: ${listKnown(named, unmapped.length, 'claim')}.`
  },
}
