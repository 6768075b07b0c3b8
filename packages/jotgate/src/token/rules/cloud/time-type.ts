import type { CloudDeployment } from '../../deployment.ts'
import { isNumericDate, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const timeType: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-time-type',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A time is not a number of seconds since 1970',
  hint: 'Write `iat`, `nbf` and `exp` as numbers: `Math.floor(Date.now() / 1000)`.',
  source: 'RFC 7519 section 2 (NumericDate)',
  explain({ claims }) {
    const wrong = ['iat', 'nbf', 'exp'].flatMap((name) => {
      const value = ownValue(claims, name)
      if (value === undefined) return []
      if (typeof value === 'string') return [`\`${name}\` is a text.`]
      return isNumericDate(value) ? [] : [`\`${name}\` is no time.`]
    })
    return wrong.length === 0 ? undefined : wrong.join(' ')
  },
}
