import type { CloudDeployment } from '../../deployment.ts'
import { isText, listNames, ownValue, presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const keyIdInPayload: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-key-id-in-payload',
  effect: 'refused',
  certainty: 'verified',
  title: 'The key ID stands in the payload, not in the header',
  hint: 'Move it into the header as `kid`: in jsonwebtoken the option `keyid`, in jose `setProtectedHeader({ kid })`.',
  source: 'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/',
  explain({ header, claims }) {
    const names = presentNames(claims, ['kid', 'keyid'])
    return names.length > 0 && !isText(ownValue(header, 'kid'))
      ? `The payload has ${listNames(names)}, and the header has no \`kid\`.`
      : undefined
  },
}
