import { listNames, ownValue, presentNames } from '../members.ts'
import type { Members } from '../rule.ts'

/** What widely copied programs call them; Qlik compares names exactly. */
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

/** Why the claim of that name identifies nobody; undefined when it is there. */
export function explainNoName(
  claims: Members,
  meaning: 'userId' | 'userDirectory',
  name: string,
): string | undefined {
  const value = ownValue(claims, name)
  if (typeof value === 'string' && value.trim() === '') return `\`${name}\` is empty.`
  if (value !== undefined) return undefined
  const others = otherNames(claims, meaning, name)
  const instead = others.length === 0 ? '' : ` There is ${listNames(others)} instead.`
  return `The payload has no \`${name}\`.${instead}`
}
