import type { FormRule } from '../rule.ts'

export const compressed: FormRule = {
  id: 'form-compressed',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header says that the token is compressed',
  hint: 'Leave `zip` out: it belongs to encrypted tokens, which Qlik does not take.',
  source: 'RFC 7516 section 4.1.3; RFC 8725 section 3.6',
  explain: ({ header }) =>
    Object.hasOwn(header?.value ?? {}, 'zip') ? 'The header has `zip`.' : undefined,
}
