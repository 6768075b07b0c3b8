import type { FormRule } from '../rule.ts'

export const parts: FormRule = {
  id: 'form-parts',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The text is no signed token: it has not three parts',
  hint: 'Give the whole token: header, payload and signature with a dot between each. An unsigned token ends in a dot.',
  source: 'RFC 7515 section 7.1',
  explain({ parts: count, isJson }) {
    if (isJson)
      return 'The text is JSON: the token is a part of it, or stands in another form there.'
    if (count === 0 || count === 3 || count === 5) return undefined
    return `There ${count === 1 ? 'is 1 part' : `are ${count} parts`} between the dots.`
  },
}
