import type { CloudDeployment } from '../../deployment.ts'
import { assumedToleranceSeconds } from '../clock-tolerance.ts'
import { timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const notYetValid: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-not-yet-valid',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is not valid yet',
  hint: 'Set the clock of the machine that signs, and let `nbf` lie a few seconds in the past.',
  source: 'https://qlik.dev/apis/rest/login/: "The current unix time must be passed this value"',
  explain({ claims, now, clockToleranceSeconds = assumedToleranceSeconds }) {
    const nbf = timeOf(claims, 'nbf')
    return nbf !== undefined && nbf > now + clockToleranceSeconds
      ? `It begins ${distanceInWords(nbf - now)}.`
      : undefined
  },
}
