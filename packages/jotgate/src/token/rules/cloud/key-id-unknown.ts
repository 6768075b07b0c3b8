import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'

export const keyIdUnknown: TokenRule<CloudDeployment> = {
  about: 'signature',
  id: 'cloud-key-id-unknown',
  effect: 'refused',
  certainty: 'verified',
  title: 'No key that was given has the header’s key ID',
  hint: 'Use the key ID that the identity provider has, letter for letter. Each of its keys has its own.',
  source: 'https://qlik.dev/apis/rest/login/: "it must match the KeyID in the IDP definition"',
  explain: ({ signature }) =>
    signature.outcome === 'other-key-id'
      ? 'The header’s `kid` is none of the key IDs that were given.'
      : undefined,
}
