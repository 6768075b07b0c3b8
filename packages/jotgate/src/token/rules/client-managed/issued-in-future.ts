import type { ClientManagedDeployment } from '../../client-managed.ts'
import { timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { distanceInWords } from '../time-words.ts'

export const issuedInFuture: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-issued-in-future',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token says that it was made in the future',
  hint: 'Set the clock of the machine that signs: a skewed clock is among the causes of a 401.',
  source: 'bintocher/qlik-sense-mcp dates `iat` 30 seconds back; RFC 7519 section 4.1.6',
  explain({ claims, now, clockToleranceSeconds = 0 }) {
    const iat = timeOf(claims, 'iat')
    return iat !== undefined && iat > now + clockToleranceSeconds
      ? `\`iat\` is ${distanceInWords(iat - now)}.`
      : undefined
  },
}
