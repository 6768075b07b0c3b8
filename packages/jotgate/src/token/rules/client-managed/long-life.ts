import type { ClientManagedDeployment } from '../../client-managed.ts'
import { longLifetimeSeconds } from '../../lifetime.ts'
import { timeOf } from '../members.ts'
import { isFromQlikjwt, isFromQsJwtClientManaged } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { durationInWords } from '../time-words.ts'

export const longLife: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-long-life',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token is valid for a day or longer',
  hint: 'Keep it at a minute: the token opens a session, and the session lives on. A token cannot be called back before its end.',
  source:
    'Qlik sets no bound; that a token cannot be revoked: https://github.com/ptarmiganlabs/qs-jwt',
  peers: [
    {
      program: 'qs-jwt create-qseow',
      mistake: 'whatever --expires says, up to years',
      made: isFromQsJwtClientManaged,
    },
    {
      program: 'swsphn/qlikjwt',
      mistake: 'a life that is counted in days',
      made: isFromQlikjwt,
    },
    {
      program: 'ctrl-q',
      mistake: 'takes a token on its command line and shows it in its debug log',
      sentence: 'ctrl-q takes such a token on its command line and shows it in its debug log.',
      made: () => true,
    },
  ],
  explain({ claims, now }) {
    const exp = timeOf(claims, 'exp')
    if (exp === undefined) return undefined
    const from = timeOf(claims, 'nbf') ?? timeOf(claims, 'iat') ?? now
    return exp - from >= longLifetimeSeconds
      ? `It is valid for ${durationInWords(exp - from)}.`
      : undefined
  },
}
