import type { ClientManagedDeployment } from '../../client-managed.ts'
import { listNames, timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const timeInMilliseconds: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-time-in-milliseconds',
  effect: 'advice',
  certainty: 'inferred',
  title: 'A time is in milliseconds',
  hint: 'Divide by 1000: JWT counts seconds, JavaScript’s `Date.now()` milliseconds. With such an `exp` the token never ends.',
  source: 'RFC 7519 section 2 (NumericDate)',
  explain({ claims, now }) {
    const names = ['iat', 'nbf', 'exp'].filter((name) => (timeOf(claims, name) ?? 0) > now * 100)
    return names.length === 0
      ? undefined
      : `${listNames(names)} would be thousands of years from now.`
  },
}
