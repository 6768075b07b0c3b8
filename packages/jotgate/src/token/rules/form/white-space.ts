import type { FormRule } from '../rule.ts'

export const whiteSpace: FormRule = {
  id: 'form-white-space',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token has blanks or line breaks in it or around it',
  hint: 'Give the token on one line, without a line break at the end: `tr -d "[:space:]" < token.txt`.',
  source: 'RFC 7515 section 2',
  explain: ({ hasWhiteSpace }) =>
    hasWhiteSpace ? 'A terminal, an e-mail or a file has wrapped it.' : undefined,
}
