import type { ClientManagedDeployment } from '../../client-managed.ts'
import { assumedToleranceSeconds } from '../clock-tolerance.ts'
import { timeOf } from '../members.ts'
import { isFromQsJwtClientManaged } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const expired: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-expired',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token has expired',
  hint: 'Sign a token when it is used. If it is fresh, set the clock of the machine that signs.',
  source:
    'help.qlik.com, "JWT authentication" of NPrinting: `exp` and `nbf` are used; bintocher/qlik-sense-mcp, measured: 401',
  peers: [
    {
      program: 'qs-jwt create-qseow',
      mistake: 'a bare number in --expires is milliseconds: 3600 is under four seconds',
      made: (subject) => {
        const life = (timeOf(subject.claims, 'exp') ?? 0) - (timeOf(subject.claims, 'iat') ?? 0)
        return isFromQsJwtClientManaged(subject) && life >= 0 && life < 60
      },
    },
  ],
  explain({ claims, now, clockToleranceSeconds = assumedToleranceSeconds }) {
    const exp = timeOf(claims, 'exp')
    return exp !== undefined && exp + clockToleranceSeconds <= now
      ? `It ended ${distanceInWords(exp - now)}.`
      : undefined
  },
}
