import type { ClientManagedDeployment } from '../../client-managed.ts'
import { listNames, ownValue, presentNames } from '../members.ts'
import { isFromQlikjwt } from '../peers.ts'
import type { Members, TokenRule } from '../rule.ts'

/** What widely copied programs call them; Qlik compares names letter for letter. */
const namesInUse = {
  userId: ['userId', 'userid', 'UserId', 'userID', 'UserID', 'user', 'User', 'uid', 'sub'],
  userDirectory: [
    'userDirectory',
    'userdirectory',
    'UserDirectory',
    'directory',
    'Directory',
    'userDir',
  ],
  groups: ['group', 'Group', 'groups', 'Groups', 'roles', 'memberOf'],
} as const

/** Names in a token that mean the same to people as the one that the deployment has. */
export function otherNames(
  claims: Members,
  meaning: keyof typeof namesInUse,
  name: string,
): string[] {
  return presentNames(claims, namesInUse[meaning]).filter((one) => one !== name)
}

/** Programs that write user ID and directory under names that few virtual proxies have. */
export const peersOfOtherNames: NonNullable<TokenRule<ClientManagedDeployment>['peers']> = [
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
]

/** Why the claim of that name tells nobody who it is; undefined when it is there. */
export function explainNoName(
  claims: Members,
  meaning: 'userId' | 'userDirectory',
  name: string,
): string | undefined {
  const value = ownValue(claims, name)
  if (typeof value === 'string' && value.trim() === '') return `\`${name}\` is empty.`
  if (value !== undefined) return undefined
  const others = otherNames(claims, meaning, name)
  const instead = others.length === 0 ? '' : ` There is ${listNames(others)} in its place.`
  return `The payload has no \`${name}\`.${instead}`
}
