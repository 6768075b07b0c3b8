import type { FormRule } from '../rule.ts'

export const encrypted: FormRule = {
  id: 'form-encrypted',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is encrypted, not signed',
  hint: 'Sign the token (JWS, three parts) and do not encrypt it. TLS keeps it secret on its way.',
  source:
    'help.qlik.com, "JWT authentication": "Encrypted JWTs are not supported"; https://qlik.dev/apis/rest/login/ asks for one that is "securely signed"',
  explain: ({ parts }) =>
    parts === 5 ? 'It has five parts: that is the form of an encrypted token (JWE).' : undefined,
}
