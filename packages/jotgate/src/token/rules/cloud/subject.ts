import { ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { explainGenerated } from '../looks-random.ts'
import { explainMissing, explainNotFilled } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { earlierWithSameEmail } from './same-email.ts'

const login = 'https://qlik.dev/apis/rest/login/'

/** Who the user is. */
export const subjectRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'claims',
    id: 'cloud-subject-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token does not say who the user is',
    hint: 'Put the user’s ID into `sub`: a string, the same at every login, for instance the ID in your own database.',
    source: login,
    explain: ({ claims }) =>
      explainNotFilled(claims, 'sub', [
        'subject',
        'user',
        'userId',
        'userid',
        'user_id',
        'uid',
        'oid',
      ]),
  },
  {
    about: 'claims',
    id: 'cloud-subject-type-missing',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token does not say that it is for a user',
    hint: 'Write `"subType": "user"`. Qlik’s text asks for it; one of Qlik’s own examples omits it.',
    source: `${login}, against jwt_auth.py in qlik-oss/qlik-cloud-examples`,
    explain: ({ claims }) => explainMissing(claims, 'subType', ['subtype', 'sub_type', 'SubType']),
  },
  {
    about: 'claims',
    id: 'cloud-subject-type',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is not for a user',
    hint: 'Write `"subType": "user"`, in lower case: "user is the only applicable value".',
    source: 'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/',
    explain({ claims }) {
      const subType = ownMember(claims, 'subType')
      return subType === undefined || subType === 'user' ? undefined : '`subType` is not user.'
    },
  },
  {
    about: 'claims',
    id: 'cloud-random-subject',
    effect: 'advice',
    certainty: 'verified',
    title: 'The user’s ID looks random',
    hint: 'Make sure that `sub` is the same at every login of this person: each new one is a new user for Qlik, with a licence of its own. When it is the ID in your own database or identity provider, all is well.',
    source: 'Qlik Community, article 2029668 and thread 2536817',
    explain: ({ claims, now }) => explainGenerated(claims, 'sub', now),
  },
  {
    about: 'claims',
    id: 'cloud-subject-changes',
    effect: 'advice',
    certainty: 'verified',
    title: 'The same person had another ID before',
    hint: 'Keep `sub` permanently: each new one is a new user for Qlik, without what the old one had, and with a licence of its own.',
    source: 'Qlik Community, article 2029668 and thread 2536817',
    explain: (subject) =>
      earlierWithSameEmail(subject).some(({ sameName }) => sameName)
        ? 'An earlier token has this name and address, and another `sub`.'
        : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-name-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token does not say the user’s name',
    hint: 'Put the name that Qlik should show into `name`.',
    source: login,
    explain: ({ claims }) =>
      explainNotFilled(claims, 'name', [
        'preferred_username',
        'username',
        'displayName',
        'given_name',
      ]),
  },
]
