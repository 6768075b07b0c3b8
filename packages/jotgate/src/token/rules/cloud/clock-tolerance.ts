import type { CloudDeployment } from '../../deployment.ts'
import { explainWithinTolerance } from '../clock-tolerance.ts'
import type { TokenRule } from '../rule.ts'

export const clockTolerance: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-clock-tolerance',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'Whether the token is valid depends on how far clocks may differ',
  hint: 'Let `nbf` lie a few seconds in the past and use the token at once; or set `clockToleranceSec` in the identity provider, and give it here as `clockToleranceSeconds`.',
  source:
    'https://qlik.dev/apis/rest/identity-providers/: `clockToleranceSec`; its default was looked for and not found',
  explain: explainWithinTolerance,
}
