import type { ClientManagedDeployment } from '../../client-managed.ts'
import { assumedToleranceSeconds } from '../clock-tolerance.ts'
import { timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const notYetValid: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-not-yet-valid',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token is not valid yet',
  hint: 'Set the clock of the machine that signs, and let `nbf` lie a few seconds in the past.',
  source: 'help.qlik.com, "JWT authentication" of NPrinting: `exp` and `nbf` are used',
  explain({ claims, now, clockToleranceSeconds = assumedToleranceSeconds }) {
    const nbf = timeOf(claims, 'nbf')
    return nbf !== undefined && nbf > now + clockToleranceSeconds
      ? `It begins ${distanceInWords(nbf - now)}.`
      : undefined
  },
}
