import type { FormRule } from '../rule.ts'

export const long: FormRule = {
  id: 'form-long',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token is longer than some servers let through in a header',
  hint: 'Send fewer or shorter groups: only those which Qlik gives access by.',
  source: 'Servers bound a header at 8 to 16 KiB; Qlik’s own bound is not published',
  explain: ({ length }) =>
    length > 8192 && length <= 16_384
      ? `It has ${length.toLocaleString('en')} characters; jotgate itself signs up to 8,192.`
      : undefined,
}
