import {
  type ClientManagedDeployment,
  namedClaims,
  reservedClaimNames,
} from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'

export const reservedName: TokenRule<ClientManagedDeployment> = {
  about: 'deployment',
  id: 'client-managed-reserved-name',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A claim has a name that JWT itself uses',
  hint: 'Give it another name in the virtual proxy and in the deployment: `iss`, `aud`, `exp`, `nbf`, `iat` and `jti` have a meaning already.',
  source:
    'Qlik Community, article 1716226: "anything (except reserved key words for JWT claims)"; RFC 7519 section 4.1',
  explain({ deployment }) {
    const wrong = namedClaims(deployment.claims)
      .filter(([, name]) => reservedClaimNames.includes(name))
      .map(
        ([option, name]) =>
          `\`${option.replace(/^(claims\.attributes)\..*$/, '$1')}\` is \`${name}\`.`,
      )
    return wrong.length === 0 ? undefined : wrong.join(' ')
  },
}
