import { kindOf, ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { explainMissing, explainNotFilled, isFilled } from '../members.ts'
import { isFromJwtProxy } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { earlierWithSameEmail } from './same-email.ts'

const login = 'https://qlik.dev/apis/rest/login/'

const mayBeOptional = `${login} lists it; against it, a comment in qlik-oss/qlik-cloud-jwt, token.js: "sub, subtype and name are mandatory"`

/** The user's e-mail address, and whether it is verified. */
export const emailRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'claims',
    id: 'cloud-email-missing',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token does not say the user’s e-mail address',
    hint: 'Put the address into `email`. It has to be the user’s own: another user’s address may be refused.',
    source: mayBeOptional,
    explain: ({ claims }) =>
      explainMissing(claims, 'email', ['mail', 'Email', 'emailAddress', 'email_address', 'upn']),
  },
  {
    about: 'claims',
    id: 'cloud-email-type',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The value of `email` is empty or not a string',
    hint: 'Put the user’s address into `email`, or omit the claim.',
    source: login,
    explain: ({ claims }) =>
      Object.hasOwn(claims, 'email') ? explainNotFilled(claims, 'email') : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-email-form',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The value of `email` is not an e-mail address',
    hint: 'Send the address from your own user database, not one made of the name.',
    source: 'RFC 5321 section 4.1.2',
    explain({ claims }) {
      const email = ownMember(claims, 'email')
      if (!isFilled(email)) return undefined
      if (/\s/.test(email)) return '`email` has a space in it.'
      return /^[^@]+@[^@]+$/.test(email)
        ? undefined
        : '`email` does not have one @ with something on each side.'
    },
  },
  {
    about: 'claims',
    id: 'cloud-email-reused',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'Another user has this e-mail address',
    hint: 'Give each user their own address, and each person one `sub`: the one from the interactive identity provider, when there is one.',
    source:
      'LOGIN-12 "Multiple active users detected with the same e-mail", Qlik Community; seen at the interactive login',
    explain: (subject) =>
      earlierWithSameEmail(subject).length > 0
        ? 'An earlier token has this address, and another `sub`.'
        : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-email-verified-missing',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token does not say whether the e-mail address is verified',
    hint: 'Write `"email_verified": true` when you have verified that the address is this user’s.',
    source: mayBeOptional,
    explain: ({ claims }) =>
      explainMissing(claims, 'email_verified', [
        'emailVerified',
        'email-verified',
        'verified_email',
      ]),
  },
  {
    about: 'claims',
    id: 'cloud-email-verified-type',
    effect: 'refused',
    certainty: 'inferred',
    title: '`email_verified` is not true or false',
    hint: 'Write `true` or `false` without quotation marks.',
    source: 'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/ shows a JSON boolean',
    explain({ claims }) {
      const verified = ownMember(claims, 'email_verified')
      return verified === undefined || typeof verified === 'boolean'
        ? undefined
        : `It is ${kindOf(verified)}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-email-unverified',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token says that the e-mail address is not verified',
    hint: 'Have the user verify the address and then send `true`. Do not send `true` for an address that nobody has verified: it may be somebody else’s.',
    source: `${login}; what \`false\` leads to was looked for and not found`,
    explain: ({ claims }) =>
      ownMember(claims, 'email_verified') === false ? '`email_verified` is false.' : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-email-trusted-blindly',
    effect: 'advice',
    certainty: 'verified',
    title: 'The token says that the e-mail address is verified, and its maker did not look',
    hint: 'Pass on the `email_verified` of the identity provider’s ID token, and verify that token first.',
    source:
      'ahervy/qlikcloud-jwt-proxy, index.js: `email_verified: true`, and the ID token is decoded only',
    explain: (subject) =>
      ownMember(subject.claims, 'email_verified') === true && isFromJwtProxy(subject)
        ? '`sub` has the form that this proxy gives it.'
        : undefined,
  },
]
