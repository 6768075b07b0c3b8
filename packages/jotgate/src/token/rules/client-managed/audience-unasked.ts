import type { ClientManagedDeployment } from '../../client-managed.ts'
import { isFromQsJwtClientManaged } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const audienceUnasked: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-audience-unasked',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token has an audience, and the deployment names none',
  hint: 'Put the virtual proxy’s "JWT audience" into the deployment as `audience`; when it has none, leave `aud` out.',
  source: 'Field jwtAudience; what an audience does where none is set was looked for and not found',
  peers: [
    {
      program: 'qs-jwt create-qseow',
      mistake: '`aud` in every token: --audience is required',
      made: isFromQsJwtClientManaged,
    },
  ],
  explain: ({ claims, deployment }) =>
    deployment.audience === undefined && Object.hasOwn(claims, 'aud')
      ? 'The payload has `aud`.'
      : undefined,
}
