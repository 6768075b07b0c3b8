import type { FormRule } from '../rule.ts'

export const quotes: FormRule = {
  id: 'form-quotes',
  effect: 'refused',
  certainty: 'inferred',
  title: 'Quotation marks were left around the token',
  hint: 'Take the quotation marks off: read the token out of the JSON or the environment file, not with it.',
  source: 'RFC 7515 section 2',
  explain: ({ hasQuotes }) => (hasQuotes ? 'There are quotation marks at an end.' : undefined),
}
