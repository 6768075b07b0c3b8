import { ownValue } from '../members.ts'
import type { FormRule } from '../rule.ts'

export const type: FormRule = {
  id: 'form-type',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header says that this is another kind of token',
  hint: 'Write `"typ": "JWT"`, or leave it out. An access or logout token is not a token for a login.',
  source: 'RFC 7519 section 5.1; RFC 8725 section 3.11',
  explain({ header }) {
    const typ = ownValue(header?.value ?? {}, 'typ')
    if (typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT'))
      return undefined
    return typeof typ === 'string' ? '`typ` is not JWT.' : '`typ` is no text.'
  },
}
