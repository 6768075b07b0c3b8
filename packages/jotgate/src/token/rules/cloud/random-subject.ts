import type { CloudDeployment } from '../../deployment.ts'
import { looksRandom } from '../looks-random.ts'
import { ownValue } from '../members.ts'
import { isFromApamo, isFromGlitch, isFromQHose, isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const randomSubject: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-random-subject',
  effect: 'advice',
  certainty: 'verified',
  title: 'The user’s ID looks random',
  hint: 'Make sure that `sub` is the same at every login of this person: each new one is a new user for Qlik, with a licence of its own. When it is your own database’s or identity provider’s ID, all is well.',
  source: 'Qlik Community, article 2029668 and thread 2536817',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: 'a new random `sub` at every run, which cannot be set',
      made: isFromQsJwtCloud,
    },
    {
      program: 'qlik-cloud-jwt (the Glitch project)',
      mistake: 'a new user for every page load',
      made: isFromGlitch,
    },
    {
      program: 'apamo/JWT-with-NodeJS-on-Qlik-Sense-SaaS',
      mistake: 'a new `sub` for every token, with the same address',
      made: isFromApamo,
    },
    {
      program: 'QHose/qlik-cloud-jwt-lambda-example',
      mistake: 'a new user for every token',
      made: isFromQHose,
    },
  ],
  explain({ claims }) {
    const sub = ownValue(claims, 'sub')
    return typeof sub === 'string' && looksRandom(sub)
      ? '`sub` has the form of something drawn by chance.'
      : undefined
  },
}
