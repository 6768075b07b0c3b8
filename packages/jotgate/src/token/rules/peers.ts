import { endsInUuid } from './looks-random.ts'
import { ownValue, timeOf } from './members.ts'
import type { Subject } from './rule.ts'

// How the tokens of widely copied programs can be told, read from their sources and, where they could
// be run, from their tokens. A rule names a program only for a mistake that the program makes.

const claim = ({ claims }: Subject, name: string) => ownValue(claims, name)
const isMatch = (value: unknown, pattern: RegExp) =>
  typeof value === 'string' && pattern.test(value)

/** ptarmiganlabs/qs-jwt, create-qscloud: 32 random bytes as `jti`, 42 as `sub`. */
export function isFromQsJwtCloud(subject: Subject): boolean {
  const drawn = /^[A-Za-z0-9_-]{56}$/
  return isMatch(claim(subject, 'sub'), drawn) && isMatch(claim(subject, 'jti'), /^[\w-]{43}$/)
}

/** ptarmiganlabs/qs-jwt, create-qseow: these two names, an audience, and neither `nbf` nor `jti`. */
export function isFromQsJwtClientManaged({ claims }: Subject): boolean {
  const has = (name: string) => Object.hasOwn(claims, name)
  return has('userId') && has('userDirectory') && has('aud') && !has('nbf') && !has('jti')
}

/** qlik-oss/qlik-cloud-jwt, the Glitch project: an e-mail of its own for each page load. */
export function isFromGlitch(subject: Subject): boolean {
  return isMatch(claim(subject, 'email'), /@anonymoususer\.anon$/)
}

/** QHose/qlik-cloud-jwt-lambda-example: half a minute back, half a minute on, a UUID as `jti`. */
export function isFromQHose(subject: Subject): boolean {
  const iat = timeOf(subject.claims, 'iat')
  if (iat === undefined) return false
  const [nbf, exp] = ['nbf', 'exp'].map((name) => timeOf(subject.claims, name))
  return nbf === iat - 30 && exp === iat + 30 && endsInUuid(claim(subject, 'jti'))
}

/** apamo/JWT-with-NodeJS-on-Qlik-Sense-SaaS: the group Demos, and an address made of the name. */
export function isFromApamo(subject: Subject): boolean {
  const groups = claim(subject, 'groups')
  return (
    Array.isArray(groups) &&
    groups.length === 1 &&
    groups[0] === 'Demos' &&
    isMatch(claim(subject, 'email'), /@qlik\.com$/)
  )
}

/** qlikwebisr/jwt-demo: a key ID made of the tenant's name and one of a thousand numbers. */
export function isFromJwtDemo({ header }: Subject): boolean {
  return isMatch(ownValue(header, 'kid'), /_\d{1,3}_kid$/)
}

/** goldbergjeffrey/qlikcloud-jwt-proxy and its fork by ahervy. */
export function isFromJwtProxy(subject: Subject): boolean {
  return isMatch(claim(subject, 'sub'), /^BackendApp\|/)
}

/** jwt_auth.py of qlik-oss/qlik-cloud-examples: a UUID as `jti`, and no word for the kind of subject. */
export function isFromJwtAuth(subject: Subject): boolean {
  const has = (name: string) => Object.hasOwn(subject.claims, name)
  const isForUser = has('subType') || has('subtype')
  return endsInUuid(claim(subject, 'jti')) && has('email_verified') && !isForUser
}

/** swsphn/qlikjwt: these names and no others. */
export function isFromQlikjwt({ claims }: Subject): boolean {
  const names = Object.keys(claims).sort().join(' ')
  return names === 'aud directory email exp groups name user'
}
