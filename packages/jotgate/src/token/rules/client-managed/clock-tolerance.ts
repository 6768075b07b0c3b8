import type { ClientManagedDeployment } from '../../client-managed.ts'
import { explainWithinTolerance } from '../clock-tolerance.ts'
import type { TokenRule } from '../rule.ts'

export const clockTolerance: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-clock-tolerance',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'Whether the token is valid depends on how far clocks may differ',
  hint: 'Let `nbf` lie a few seconds in the past, use the token at once, and keep the clocks of both machines right. What the server tolerates is not published.',
  source: 'Looked for at help.qlik.com, and not found',
  explain: explainWithinTolerance,
}
