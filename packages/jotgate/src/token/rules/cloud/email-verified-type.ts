import type { CloudDeployment } from '../../deployment.ts'
import { describeKind, ownValue } from '../members.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const emailVerifiedType: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-verified-type',
  effect: 'refused',
  certainty: 'inferred',
  title: '`email_verified` is not true or false',
  hint: 'Write `true` or `false` without quotation marks.',
  source: 'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/ shows a JSON boolean',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: '`email_verified` as a text, whatever --useremail-verified says',
      made: isFromQsJwtCloud,
    },
  ],
  explain({ claims }) {
    const verified = ownValue(claims, 'email_verified')
    return verified === undefined || typeof verified === 'boolean'
      ? undefined
      : `It is ${describeKind(verified)}.`
  },
}
