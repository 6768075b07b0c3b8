import type { CloudDeployment } from '../../deployment.ts'
import { isText, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const tokenIdShort: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-token-id-short',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token’s ID is too short to be unique by chance',
  hint: 'Take 16 random bytes or more: 22 characters of base64url, 32 of hexadecimal.',
  source:
    'https://qlik.dev/apis/rest/login/: "unique for each consumed JWT token"; its guides take 32 bytes',
  explain({ claims }) {
    const jti = ownValue(claims, 'jti')
    return isText(jti) && jti.length < 22 ? `\`jti\` has ${jti.length} characters.` : undefined
  },
}
