import type { CloudDeployment } from '../../deployment.ts'
import { isText, ownValue } from '../members.ts'
import { isFromApamo } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const emailForm: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-form',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The text in `email` is no e-mail address',
  hint: 'Send the address as your own user database has it, not one made of the name.',
  source: 'RFC 5321 section 4.1.2',
  peers: [
    {
      program: 'apamo/JWT-with-NodeJS-on-Qlik-Sense-SaaS',
      mistake: 'an address made of the name, in which only the first blank is replaced',
      made: isFromApamo,
    },
  ],
  explain({ claims }) {
    const email = ownValue(claims, 'email')
    if (!isText(email)) return undefined
    if (/\s/.test(email)) return '`email` has a blank in it.'
    return /^[^@]+@[^@]+$/.test(email)
      ? undefined
      : '`email` has not one @ with something on each side.'
  },
}
