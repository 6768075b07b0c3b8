import type { TokenRule } from '../rule.ts'

export const unfitKey: TokenRule = {
  about: 'signature',
  id: 'signature-unfit-key',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The signature was not checked: the key that was given cannot vouch for it',
  hint: 'Give an RSA public key or certificate of 2048 to 8192 bits with exponent 65537. When the deployment really has this key, make a new one there.',
  source: 'RFC 7518 section 3.3; RFC 7517 sections 4.2 to 4.5; RFC 8725 section 3.5',
  explain: ({ signature }) =>
    signature.outcome === 'unfit-key' ? `What was given ${signature.problem}.` : undefined,
}
