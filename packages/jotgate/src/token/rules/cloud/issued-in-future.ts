import type { CloudDeployment } from '../../deployment.ts'
import { timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const issuedInFuture: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-issued-in-future',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token says that it was made in the future',
  hint: 'Set the clock of the machine that signs. Whether Qlik compares `iat` with its clock is not known.',
  source: 'RFC 7519 section 4.1.6; whether Qlik looks at `iat` was looked for and not found',
  explain({ claims, now, clockToleranceSeconds = 0 }) {
    const iat = timeOf(claims, 'iat')
    return iat !== undefined && iat > now + clockToleranceSeconds
      ? `\`iat\` is ${distanceInWords(iat - now)}.`
      : undefined
  },
}
