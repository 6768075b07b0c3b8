import { type ClientManagedDeployment, namedClaims } from '../../client-managed.ts'
import { listNames, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const semicolon: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-semicolon',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'A value that the virtual proxy hands on has a semicolon in it',
  hint: 'Send none: the proxy writes `UserDirectory=…; UserId=…` and `attribute=value; …` into headers for Qlik’s services, and one could begin another attribute. jotgate itself signs none.',
  source:
    'help.qlik.com, "Proxy service API", injected headers X-Qlik-User and X-Qlik-Security; whether the proxy escapes was looked for and not found',
  explain({ claims, deployment }) {
    const names = namedClaims(deployment.claims)
      .map(([, name]) => name)
      .filter((name) => [ownValue(claims, name)].flat().some(hasSemicolon))
    return names.length === 0 ? undefined : `There is one in ${listNames(names)}.`
  },
}

const hasSemicolon = (value: unknown) => typeof value === 'string' && value.includes(';')
