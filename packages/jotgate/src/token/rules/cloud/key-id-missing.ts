import type { CloudDeployment } from '../../deployment.ts'
import { describeKind, isText, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const keyIdMissing: TokenRule<CloudDeployment> = {
  about: 'header',
  id: 'cloud-key-id-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The header has no key ID',
  hint: 'Put the key ID of the identity provider into the header as `kid`: in jsonwebtoken the option `keyid`, in jose `setProtectedHeader({ kid })`.',
  source: 'https://qlik.dev/apis/rest/login/: "it must match the KeyID in the IDP definition"',
  explain({ header, claims }) {
    const kid = ownValue(header, 'kid')
    if (isText(kid)) return undefined
    if (typeof kid === 'string') return '`kid` is empty.'
    if (kid !== undefined) return `\`kid\` is ${describeKind(kid)}, not a text.`
    return Object.hasOwn(claims, 'kid') || Object.hasOwn(claims, 'keyid')
      ? undefined
      : 'There is no `kid` among the header’s members.'
  },
}
