import type { Check } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'
import { dataChecks } from './data.ts'
import { groupChecks } from './groups.ts'
import { identityProviderChecks } from './identity-provider.ts'
import { knownUserChecks } from './known-user.ts'
import { loginChecks } from './login.ts'
import { pageChecks } from './pages.ts'
import { personChecks } from './person.ts'
import { tenantChecks } from './tenant.ts'

/** The checks of Qlik Cloud, each behind those that it rests on. */
export const cloudChecks: readonly Check<CloudContext>[] = [
  ...tenantChecks,
  ...identityProviderChecks,
  ...pageChecks,
  ...groupChecks,
  ...knownUserChecks,
  ...loginChecks,
  ...personChecks,
  ...dataChecks,
]
