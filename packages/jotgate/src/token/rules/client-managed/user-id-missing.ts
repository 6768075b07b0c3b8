import type { ClientManagedDeployment } from '../../client-managed.ts'
import { listNames, ownValue, presentNames } from '../members.ts'
import { isFromQlikjwt } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { otherNames } from './claim-names.ts'

export const userIdMissing: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-user-id-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The user’s ID does not stand under the virtual proxy’s name for it',
  hint: 'Make the name in the token and the virtual proxy’s "JWT attribute for user ID" the same, letter for letter.',
  source:
    'Qlik Community, article 1716226: the name "can be anything … but it must match the values used" in the token',
  peers: [
    {
      program: 'swsphn/qlikjwt',
      mistake: '`user` and `directory`, which cannot be changed',
      made: isFromQlikjwt,
    },
    {
      program: 'the example of enigma.js (sense-using-jwt)',
      mistake: '`user` and `directory`',
      made: ({ claims }) => presentNames(claims, ['user', 'directory']).length === 2,
    },
    {
      program: 'create_jwt_client_managed.js of withdave/qlik',
      mistake: '`userid` and `userdirectory`',
      made: ({ claims }) => presentNames(claims, ['userid', 'userdirectory']).length === 2,
    },
  ],
  explain({ claims, deployment }) {
    const { userId } = deployment.claims
    const value = ownValue(claims, userId)
    const isBlank = typeof value === 'string' && value.trim() === ''
    if (value !== undefined && !isBlank) return undefined
    if (isBlank) return `\`${userId}\` is empty.`
    const others = otherNames(claims, 'userId', userId)
    const instead = others.length === 0 ? '' : ` There is ${listNames(others)} in its place.`
    return `The payload has no \`${userId}\`.${instead}`
  },
}
