import type { FormRule } from '../rule.ts'

export const tooLong: FormRule = {
  id: 'form-too-long',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token is longer than any server lets through in a header',
  hint: 'Send fewer or shorter groups: only those which Qlik gives access by.',
  source: 'Servers bound a header at 8 to 16 KiB; Qlik’s own bound is not published',
  explain: ({ length }) =>
    length > 16_384 ? `It has ${length.toLocaleString('en')} characters.` : undefined,
}
