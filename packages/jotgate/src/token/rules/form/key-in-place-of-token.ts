import type { FormRule } from '../rule.ts'

export const keyInPlaceOfToken: FormRule = {
  id: 'form-key-in-place-of-token',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A key or certificate was given in place of a token',
  hint: 'Give the token that was signed with the key. If it was a private key, and it left this machine, make a new one.',
  source: 'RFC 7515 section 7.1',
  explain: ({ isPem }) => (isPem ? 'The text holds a PEM block.' : undefined),
}
