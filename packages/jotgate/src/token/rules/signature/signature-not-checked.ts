import type { TokenRule } from '../rule.ts'

export const signatureNotChecked: TokenRule = {
  about: 'signature',
  id: 'signature-not-checked',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The signature was not checked',
  hint: 'Give the certificate or public key that the deployment has: `key`, `certificate` or `jwks`.',
  source: 'RFC 7515 section 5.2',
  explain: ({ signature }) =>
    signature.outcome === 'no-key' ? 'No key was given to hold it against.' : undefined,
}
