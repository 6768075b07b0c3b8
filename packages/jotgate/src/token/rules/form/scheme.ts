import type { FormRule } from '../rule.ts'

export const scheme: FormRule = {
  id: 'form-scheme',
  effect: 'refused',
  certainty: 'inferred',
  title: '`Bearer ` or `Authorization:` was left in front of the token',
  hint: 'Give the token alone. The word stands once in the header: `Authorization: Bearer <token>`.',
  source: 'RFC 6750 section 2.1',
  explain: ({ hasScheme }) =>
    hasScheme ? 'The text begins with words that belong to the header.' : undefined,
}
