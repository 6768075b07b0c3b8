import type { CloudDeployment } from '../../deployment.ts'
import { listNames, timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const timeInMilliseconds: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-time-in-milliseconds',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A time is in milliseconds',
  hint: 'Divide by 1000: JWT counts seconds, JavaScript’s `Date.now()` milliseconds.',
  source: 'RFC 7519 section 2 (NumericDate)',
  explain({ claims, now }) {
    // From nbf and exp alone: nothing compares iat with a clock.
    const names = ['nbf', 'exp'].filter((name) => (timeOf(claims, name) ?? 0) > now * 100)
    return names.length === 0
      ? undefined
      : `${listNames(names)} would be thousands of years from now.`
  },
}
