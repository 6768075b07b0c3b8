import { ownMember } from '../../values/index.ts'
import { endsInUuid } from './looks-random.ts'
import { timeOf } from './members.ts'
import type { Subject } from './rule.ts'

/** A widely copied program whose tokens break rules, so that its users recognise themselves. */
export interface Peer {
  readonly program: string
  /** Whether a token that breaks one of the rules below carries the marks of this program. */
  made(subject: Subject): boolean
  /** What the program does wrong, by the rule that says so, to end the sentence "This is what … makes:". */
  readonly mistakes: Readonly<Record<string, string>>
}

// How the tokens of these programs can be recognised was read from their sources and, where they could be
// run, from their tokens. A program is named only for a mistake that it makes.

const claim = ({ claims }: Subject, name: string) => ownMember(claims, name)
const has = ({ claims }: Subject, name: string) => Object.hasOwn(claims, name)
const isMatch = (value: unknown, pattern: RegExp) =>
  typeof value === 'string' && pattern.test(value)
const claimNames = ({ claims }: Subject) => Object.keys(claims).sort().join(' ')

/** 32 random bytes as `jti`, 42 as `sub`. */
function isFromQsJwtCloud(subject: Subject): boolean {
  const drawn = /^[A-Za-z0-9_-]{56}$/
  return isMatch(claim(subject, 'sub'), drawn) && isMatch(claim(subject, 'jti'), /^[\w-]{43}$/)
}

/** These two names, an audience, and neither `nbf` nor `jti`. */
function isFromQsJwtClientManaged(subject: Subject): boolean {
  const required = ['userId', 'userDirectory', 'aud'].every((name) => has(subject, name))
  return required && !has(subject, 'nbf') && !has(subject, 'jti')
}

/** An e-mail address of its own for each page load. */
const isFromGlitch = (subject: Subject) => isMatch(claim(subject, 'email'), /@anonymoususer\.anon$/)

/** Half a minute back, half a minute on, a UUID as `jti`. */
function isFromQHose(subject: Subject): boolean {
  const iat = timeOf(subject.claims, 'iat')
  if (iat === undefined) return false
  const [nbf, exp] = ['nbf', 'exp'].map((name) => timeOf(subject.claims, name))
  return nbf === iat - 30 && exp === iat + 30 && endsInUuid(claim(subject, 'jti'))
}

/** The group Demos, and an address made of the name. */
function isFromApamo(subject: Subject): boolean {
  const groups = claim(subject, 'groups')
  const isDemos = Array.isArray(groups) && groups.length === 1 && groups[0] === 'Demos'
  return isDemos && isMatch(claim(subject, 'email'), /@qlik\.com$/)
}

/** Two programs of the same origin prefix every subject so. */
export const isFromJwtProxy = (subject: Subject) => isMatch(claim(subject, 'sub'), /^BackendApp\|/)

/** A UUID as `jti`, and no claim for the kind of subject. */
function isFromJwtAuth(subject: Subject): boolean {
  const isForUser = has(subject, 'subType') || has(subject, 'subtype')
  return endsInUuid(claim(subject, 'jti')) && has(subject, 'email_verified') && !isForUser
}

/** These names and no others. */
const isFromQlikjwt = (subject: Subject) =>
  claimNames(subject) === 'aud directory email exp groups name user'

function lastsUnderAMinute({ claims }: Subject): boolean {
  const seconds = (timeOf(claims, 'exp') ?? 0) - (timeOf(claims, 'iat') ?? 0)
  return seconds >= 0 && seconds < 60
}

const bareNumber = 'a bare number in --expires is milliseconds: 3600 is under four seconds'

export const peers: readonly Peer[] = [
  {
    program: 'qs-jwt create-qscloud',
    made: isFromQsJwtCloud,
    mistakes: {
      'cloud-random-subject': 'a new random `sub` at every run, which cannot be set',
      'cloud-name-missing': '`name` only when --username is given (from 1.14.0)',
      'cloud-email-missing': '`email` only when --useremail is given (from 1.14.0)',
      'cloud-email-verified-missing':
        '`email_verified` only when --useremail is given (from 1.14.0)',
      'cloud-email-verified-type':
        '`email_verified` as a string, whatever --useremail-verified says',
      'cloud-time-order': 'a negative lifetime when --expires says so',
      'cloud-validity-window': 'whatever --expires says, and its own examples say 365d and 24h',
      'cloud-group-for-groups': '`group` in place of `groups`',
    },
  },
  {
    program: 'qs-jwt create-qscloud',
    made: (subject) => isFromQsJwtCloud(subject) && lastsUnderAMinute(subject),
    mistakes: { 'cloud-expired': bareNumber },
  },
  {
    program: 'qlik-cloud-jwt (the Glitch project)',
    made: isFromGlitch,
    mistakes: {
      'cloud-random-subject': 'a new user for every page load',
      'cloud-token-id-missing': 'neither `jti` nor `nbf`, as it was before July 2022',
      'cloud-not-before-missing': 'neither `jti` nor `nbf`, as it was before July 2022',
      'cloud-groups-type': '`[null]` when the variable `group` is not set',
    },
  },
  {
    program: 'apamo/JWT-with-NodeJS-on-Qlik-Sense-SaaS',
    made: isFromApamo,
    mistakes: {
      'cloud-random-subject': 'a new `sub` for every token, with the same address',
      'cloud-email-form': 'an address made of the name, in which only the first space is replaced',
    },
  },
  {
    program: 'QHose/qlik-cloud-jwt-lambda-example',
    made: isFromQHose,
    mistakes: { 'cloud-random-subject': 'a new user for every token' },
  },
  {
    program: 'qlikwebisr/jwt-demo',
    // A key ID made of the tenant's name and one of a thousand numbers.
    made: ({ header }) => isMatch(ownMember(header, 'kid'), /_\d{1,3}_kid$/),
    mistakes: {
      'cloud-groups-empty': '`groups: []`, and everybody is the one user of its configuration',
    },
  },
  {
    program: 'qlikcloud-jwt-proxy (goldbergjeffrey, ahervy)',
    made: isFromJwtProxy,
    mistakes: { 'cloud-email-trusted-blindly': '`email_verified: true` for everybody' },
  },
  {
    program: 'jwt_auth.py of qlik-oss/qlik-cloud-examples',
    made: isFromJwtAuth,
    mistakes: {
      'cloud-subject-type-missing': 'no `subType`, and --email_verified False counts as true',
    },
  },
  {
    program: 'qs-jwt create-qseow',
    made: isFromQsJwtClientManaged,
    mistakes: {
      'cloud-made-for-client-managed':
        'a token for client-managed Qlik; create-qscloud makes the other kind',
      'client-managed-audience-unasked': '`aud` in every token: --audience is required',
      'client-managed-long-life': 'whatever --expires says, up to years',
    },
  },
  {
    program: 'qs-jwt create-qseow',
    made: (subject) => isFromQsJwtClientManaged(subject) && lastsUnderAMinute(subject),
    mistakes: { 'client-managed-expired': bareNumber },
  },
  {
    program: 'swsphn/qlikjwt',
    made: isFromQlikjwt,
    mistakes: {
      'cloud-made-for-client-managed': 'tokens for client-managed Qlik only',
      'client-managed-user-id-missing': '`user` and `directory`, which cannot be changed',
      'client-managed-user-directory-missing': '`user` and `directory`, which cannot be changed',
      'client-managed-long-life': 'a lifetime that is counted in days',
    },
  },
  {
    program: 'the example of enigma.js (sense-using-jwt)',
    made: (subject) => has(subject, 'user') && has(subject, 'directory'),
    mistakes: {
      'client-managed-user-id-missing': '`user` and `directory`',
      'client-managed-user-directory-missing': '`user` and `directory`',
    },
  },
  {
    program: 'the example of enigma.js (sense-using-jwt)',
    made: (subject) => /^directory( iat)? user$/.test(claimNames(subject)),
    mistakes: { 'client-managed-expiry-missing': 'no `exp`' },
  },
  {
    program: 'create_jwt_client_managed.js of withdave/qlik',
    made: (subject) => has(subject, 'userid') && has(subject, 'userdirectory'),
    mistakes: {
      'client-managed-user-id-missing': '`userid` and `userdirectory`',
      'client-managed-user-directory-missing': '`userid` and `userdirectory`',
    },
  },
]
