import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'
import { cloudTimeRules } from '../times.ts'
import { algorithmRules } from './algorithm.ts'
import { emailRules } from './email.ts'
import { groupRules } from './groups.ts'
import { subjectRules } from './subject.ts'
import { tokenIdRules } from './token-id.ts'
import { trustRules } from './trust.ts'

/** What Qlik Cloud asks for. */
export const cloudRules: readonly TokenRule<CloudDeployment>[] = [
  ...algorithmRules,
  ...trustRules,
  ...subjectRules,
  ...emailRules,
  ...tokenIdRules,
  ...cloudTimeRules,
  ...groupRules,
]
