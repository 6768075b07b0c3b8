import type { CloudDeployment } from '../../deployment.ts'
import { cloudLifetime } from '../../lifetime.ts'
import { timeOf } from '../members.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { durationInWords } from '../time-words.ts'

export const validityWindow: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-validity-window',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is valid for longer than an hour',
  hint: 'Keep `exp` - `nbf` at 3600 seconds or less; a minute is enough. The Qlik session lives on without the token.',
  source:
    'https://qlik.dev/apis/rest/login/: "the time window between exp and nbf should not exceed 1 hour"; an hour exactly is seen in article 2435784',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: 'whatever --expires says, and its own examples say 365d and 24h',
      made: isFromQsJwtCloud,
    },
  ],
  explain({ claims }) {
    const seconds = (timeOf(claims, 'exp') ?? Number.NaN) - (timeOf(claims, 'nbf') ?? Number.NaN)
    return seconds > cloudLifetime.maxSeconds
      ? `From \`nbf\` to \`exp\` it is ${durationInWords(seconds)}.`
      : undefined
  },
}
