import { type ClientManagedDeployment, namedClaims } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'

export const subAsName: TokenRule<ClientManagedDeployment> = {
  about: 'deployment',
  id: 'client-managed-sub-as-name',
  effect: 'unknown',
  certainty: 'unknown',
  title: '`sub` is used as the name of a claim of the virtual proxy',
  hint: 'Take another name, such as `userId`. Qlik excludes the reserved words of JWT and does not list them; `sub` is one in the RFC.',
  source: 'Qlik Community, article 1716226; RFC 7519 section 4.1.2',
  explain({ deployment }) {
    const named = namedClaims(deployment.claims).find(([, name]) => name === 'sub')
    return named === undefined
      ? undefined
      : `\`${named[0].replace(/^(claims\.attributes)\..*$/, '$1')}\` is \`sub\`.`
  },
}
