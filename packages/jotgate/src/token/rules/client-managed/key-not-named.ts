import type { ClientManagedDeployment } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'

export const keyNotNamed: TokenRule<ClientManagedDeployment> = {
  about: 'signature',
  id: 'client-managed-key-not-named',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The signature was not checked: nothing says which of the keys it was made with',
  hint: 'Give the certificate that the virtual proxy has, alone, as `certificate`: it has one, and looks at no key ID.',
  source: 'Field jwtPublicKeyCertificate of the virtual proxy: one certificate, and no key ID',
  explain: ({ signature }) =>
    signature.outcome === 'other-key-id'
      ? 'The header’s `kid` is none of the key IDs in the set, or there is none.'
      : undefined,
}
