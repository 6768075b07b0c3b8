import type { ClientManagedDeployment } from '../../client-managed.ts'
import { presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const expiryMissing: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-expiry-missing',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token never ends',
  hint: 'Put a time about a minute ahead into `exp`. Without it whoever finds the token is this user until the certificate is exchanged.',
  source:
    'Qlik’s own examples (enigma.js, qs-jwt-examples) sign without `exp`, so such tokens are taken',
  peers: [
    {
      program: 'the example of enigma.js or goldbergjeffrey/qs-jwt-examples',
      mistake: 'no `exp`',
      made: ({ claims }) => presentNames(claims, ['user', 'directory', 'userId']).length > 0,
    },
    {
      program: 'jackBrioschi/JWT_Iframe_QSEoW',
      mistake: 'a token pasted into the page, which therefore has to last',
      sentence:
        'The page of jackBrioschi/JWT_Iframe_QSEoW has a token pasted into it, which therefore has to last.',
      made: () => true,
    },
  ],
  explain: ({ claims }) => (Object.hasOwn(claims, 'exp') ? undefined : 'The payload has no `exp`.'),
}
