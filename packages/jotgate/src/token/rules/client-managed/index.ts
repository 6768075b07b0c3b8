import type { ClientManagedDeployment } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'
import { clientManagedTimeRules } from '../times.ts'
import { algorithmRules } from './algorithm.ts'
import { attributeRules } from './attributes.ts'
import { audienceRules, keyRules } from './audience.ts'
import { userRules } from './user.ts'

/** What a client-managed Qlik and its virtual proxy ask for. */
export const clientManagedRules: readonly TokenRule<ClientManagedDeployment>[] = [
  ...algorithmRules,
  ...userRules,
  ...audienceRules,
  ...clientManagedTimeRules,
  ...attributeRules,
  ...keyRules,
]
