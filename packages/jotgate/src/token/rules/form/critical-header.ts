import { listNames, presentNames } from '../members.ts'
import type { FormRule } from '../rule.ts'

export const criticalHeader: FormRule = {
  id: 'form-critical-header',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header asks for an extension that changes how a token is read',
  hint: 'Leave `crit` and `b64` out of the header: `alg`, `typ` and `kid` are all that Qlik asks for.',
  source: 'RFC 7515 section 4.1.11; RFC 7797 section 6',
  explain({ header }) {
    const names = presentNames(header?.value ?? {}, ['crit', 'b64'])
    return names.length === 0 ? undefined : `The header has ${listNames(names)}.`
  },
}
