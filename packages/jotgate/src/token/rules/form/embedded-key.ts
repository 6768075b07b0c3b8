import { listNames, presentNames } from '../members.ts'
import type { FormRule } from '../rule.ts'

export const embeddedKey: FormRule = {
  id: 'form-embedded-key',
  effect: 'ignored',
  certainty: 'inferred',
  title: 'The token brings its own key, or says where one is',
  hint: 'Leave it out. Qlik takes the key that an administrator gave it: in the identity provider, or in the virtual proxy.',
  source: 'RFC 8725 section 3.10; RFC 7515 sections 4.1.2 to 4.1.6',
  explain({ header }) {
    const names = presentNames(header?.value ?? {}, ['jwk', 'jku', 'x5c', 'x5u'])
    return names.length === 0 ? undefined : `The header has ${listNames(names)}.`
  },
}
