import type { CloudDeployment } from '../../deployment.ts'
import { isFromGlitch } from '../peers.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const notBeforeMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-not-before-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say from when on it is valid',
  hint: 'Put a time a few seconds ago into `nbf`: in jsonwebtoken the option `notBefore: "-5s"`.',
  source:
    'Qlik Community, article 2435784, quotes "JWT_LOGIN_VALIDATIONS Missing required claim: nbf"; https://qlik.dev/apis/rest/login/',
  peers: [
    {
      program: 'qlik-cloud-jwt (the Glitch project)',
      mistake: 'neither `jti` nor `nbf`, as it was before July 2022',
      made: isFromGlitch,
    },
  ],
  explain: ({ claims }) => explainMissing(claims, 'nbf', ['notBefore', 'not_before', 'validFrom']),
}
