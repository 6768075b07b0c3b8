import { listNames, ownMember } from '../../../values/index.ts'
import type { Members } from '../rule.ts'

/** What widely copied programs call them, in lower case; Qlik compares names exactly. */
const namesInUse = {
  userId: ['userid', 'user', 'uid', 'user_id', 'sub'],
  userDirectory: ['userdirectory', 'directory', 'userdir', 'user_directory'],
  groups: ['group', 'groups', 'roles', 'memberof'],
} as const

export type Meaning = keyof typeof namesInUse

/** The claims of a token that people use for this, in any case. */
export function namesFor(claims: Members, meaning: Meaning): string[] {
  const names = Object.keys(claims)
  return namesInUse[meaning].flatMap((known) => names.filter((one) => one.toLowerCase() === known))
}

/** Names in a token that mean the same to people as the one that the deployment has. */
export function otherNames(claims: Members, meaning: Meaning, name: string): string[] {
  return namesFor(claims, meaning).filter((one) => one !== name)
}

/** Why the claim of that name identifies nobody; undefined when it is there. */
export function explainNoName(
  claims: Members,
  meaning: 'userId' | 'userDirectory',
  name: string,
): string | undefined {
  const value = ownMember(claims, name)
  if (typeof value === 'string' && value.trim() === '') return `\`${name}\` is empty.`
  if (value !== undefined) return undefined
  const others = otherNames(claims, meaning, name)
  const instead = others.length === 0 ? '' : ` There is ${listNames(others)} instead.`
  return `The payload has no \`${name}\`.${instead}`
}
