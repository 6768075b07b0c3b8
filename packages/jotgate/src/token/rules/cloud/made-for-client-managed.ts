import type { CloudDeployment } from '../../deployment.ts'
import { listNames, presentNames } from '../members.ts'
import { isFromQlikjwt, isFromQsJwtClientManaged } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const madeForClientManaged: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-made-for-client-managed',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is made for client-managed Qlik Sense',
  hint: 'Make a token for the tenant: describe it by `cloud()`, not by `clientManaged()`. Neither product takes the other’s tokens.',
  source: 'https://qlik.dev/apis/rest/login/ against "JWT authentication" on help.qlik.com',
  peers: [
    {
      program: 'qs-jwt create-qseow',
      mistake: 'a token for client-managed Qlik; create-qscloud makes the other kind',
      made: isFromQsJwtClientManaged,
    },
    {
      program: 'swsphn/qlikjwt',
      mistake: 'tokens for client-managed Qlik only',
      made: isFromQlikjwt,
    },
  ],
  explain({ claims }) {
    if (Object.hasOwn(claims, 'sub')) return undefined
    const names = presentNames(claims, [
      'userDirectory',
      'userdirectory',
      'UserDirectory',
      'directory',
    ])
    return names.length === 0 ? undefined : `It has ${listNames(names)}, and no \`sub\`.`
  },
}
