import type { CloudDeployment } from '../../deployment.ts'
import { timeOf } from '../members.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const timeOrder: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-time-order',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token ends before it begins',
  hint: 'Put `nbf` before `exp`. A negative or empty lifetime makes a token that is never valid.',
  source: 'RFC 7519 sections 4.1.4 and 4.1.5',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: 'a life below zero when --expires says so',
      made: isFromQsJwtCloud,
    },
  ],
  explain({ claims }) {
    const nbf = timeOf(claims, 'nbf')
    const exp = timeOf(claims, 'exp')
    return nbf !== undefined && exp !== undefined && exp <= nbf
      ? '`exp` is not after `nbf`.'
      : undefined
  },
}
