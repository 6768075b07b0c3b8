import type { CloudDeployment } from '../../deployment.ts'
import { isFromGlitch } from '../peers.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const tokenIdMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-token-id-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token has no ID of its own',
  hint: 'Put a new random text into `jti` for every token. Programs from before July 2022 lack it.',
  source:
    'https://qlik.dev/apis/rest/login/; Qlik Community, thread 1934496 (enforced from 19 July 2022)',
  peers: [
    {
      program: 'qlik-cloud-jwt (the Glitch project)',
      mistake: 'neither `jti` nor `nbf`, as it was before July 2022',
      made: isFromGlitch,
    },
  ],
  explain: ({ claims }) =>
    explainMissing(claims, 'jti', ['id', 'jwtid', 'tokenId', 'nonce', 'uid']),
}
