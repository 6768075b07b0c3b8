import { cloudAudience } from '../../claims.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const madeForCloud: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-made-for-cloud',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is made for Qlik Cloud',
  hint: 'Make a token for this server: describe it by `clientManaged()`, not by `cloud()`. Neither product takes the other’s tokens.',
  source: 'help.qlik.com, "JWT authentication" against https://qlik.dev/apis/rest/login/',
  explain: ({ claims, deployment }) =>
    ownValue(claims, 'aud') === cloudAudience && !Object.hasOwn(claims, deployment.claims.userId)
      ? '`aud` is Qlik Cloud’s login.'
      : undefined,
}
