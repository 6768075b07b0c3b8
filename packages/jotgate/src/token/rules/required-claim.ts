import { isText, listNames, ownValue, presentNames } from './members.ts'
import type { Members } from './rule.ts'

/** Says that a claim is missing, and which names that mean the same to people stand in its place. */
export function explainMissing(
  claims: Members,
  name: string,
  lookalikes: readonly string[] = [],
): string | undefined {
  if (Object.hasOwn(claims, name)) return undefined
  const present = presentNames(claims, lookalikes)
  const instead =
    present.length === 0 ? '' : ` There is ${listNames(present)}, which Qlik does not read.`
  return `The payload has no \`${name}\`.${instead}`
}

/** The same for a claim that has to be a text that says something. */
export function explainNoText(
  claims: Members,
  name: string,
  lookalikes: readonly string[] = [],
): string | undefined {
  const value = ownValue(claims, name)
  if (value === undefined) return explainMissing(claims, name, lookalikes)
  if (isText(value)) return undefined
  return `\`${name}\` is ${typeof value === 'string' ? 'empty' : 'no text'}.`
}
