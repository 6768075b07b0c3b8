import type { FormRule } from '../rule.ts'

export const empty: FormRule = {
  id: 'form-empty',
  effect: 'refused',
  certainty: 'inferred',
  title: 'There is no token',
  hint: 'Look where the token comes from: the variable, file or answer that should hold it is empty.',
  source: 'RFC 7515 section 7.1',
  explain(text) {
    if (!text.isText) return 'What was given is no text.'
    const nothing = text.parts === 0 && !text.isPem && !text.isJson && text.length <= 65_536
    return nothing ? 'The text is empty.' : undefined
  },
}
