import type { FormRule } from '../rule.ts'

export const nesting: FormRule = {
  id: 'form-nesting',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header or the payload is nested deeper than any reader needs',
  hint: 'Leave the nested claim out: Qlik reads texts, numbers and lists of texts.',
  source: 'RFC 8259 section 9: readers set a limit to the depth',
  explain: ({ header, payload }) =>
    header?.flaw === 'too-deep' || payload?.flaw === 'too-deep'
      ? 'Objects or arrays stand more than 32 deep in each other.'
      : undefined,
}
