import { presentNames } from '../members.ts'
import type { Members } from '../rule.ts'

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
