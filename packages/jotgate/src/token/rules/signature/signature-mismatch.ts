import type { TokenRule } from '../rule.ts'

export const signatureMismatch: TokenRule = {
  about: 'signature',
  id: 'signature-mismatch',
  effect: 'refused',
  certainty: 'verified',
  title: 'The signature does not belong to this key and this text',
  hint: 'Give Qlik the certificate of the key that signs, and sign with the key of the certificate that Qlik has. A token that was edited after it was signed is refused too.',
  source: 'RFC 7515 section 5.2; https://qlik.dev/apis/rest/login/',
  explain: ({ signature }) =>
    signature.outcome === 'wrong'
      ? 'It was made with another key, or the token was changed afterwards.'
      : undefined,
}
