import type { CloudDeployment } from '../../deployment.ts'
import { assumedToleranceSeconds } from '../clock-tolerance.ts'
import { timeOf } from '../members.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const expired: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-expired',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token has expired',
  hint: 'Sign a token when it is used, not before; keep none. If it is fresh, set the clock of the machine that signs.',
  source: 'https://qlik.dev/apis/rest/login/: `exp`; RFC 7519 section 4.1.4',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: 'a bare number in --expires is milliseconds: 3600 is under four seconds',
      made: (subject) => {
        const life = (timeOf(subject.claims, 'exp') ?? 0) - (timeOf(subject.claims, 'iat') ?? 0)
        return isFromQsJwtCloud(subject) && life >= 0 && life < 60
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
