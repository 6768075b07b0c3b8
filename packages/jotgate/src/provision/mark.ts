import type { Owner } from './kind.ts'

const form = /\s*\[jotgate ([a-z0-9]{8,32})\]/

/** Whether a text can be the ID of a setup. */
export const isSetupId = (text: string): boolean => /^[a-z0-9]{8,32}$/.test(text)

/** The text with the mark of a setup behind it, in place of any other: `Portal [jotgate 5f2c90ab]`. */
export function withMark(text: string, setupId: string): string {
  const unmarked = withoutMark(text)
  return `${unmarked}${unmarked === '' ? '' : ' '}[jotgate ${setupId}]`
}

/** The text as people wrote it. */
export function withoutMark(text: string): string {
  return text.replace(form, '')
}

/** The ID of the setup whose mark a text holds. */
export function setupIdIn(text: string): string | undefined {
  return form.exec(text)?.[1]
}

/** Whose an object is, by the text that holds its mark. */
export function ownerOf(text: string, setupId: string): Owner {
  const found = setupIdIn(text)
  if (found === undefined) return 'unmarked'
  return found === setupId ? 'this-setup' : 'another-setup'
}
