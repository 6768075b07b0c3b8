import type { Check } from '../check.ts'
import { authenticationChecks } from './authentication.ts'
import { certificateChecks } from './certificate.ts'
import { claimNameChecks } from './claim-names.ts'
import type { ClientManagedContext } from './context.ts'
import { dataChecks } from './data.ts'
import { loginChecks } from './login.ts'
import { pageChecks } from './pages.ts'
import { reachChecks } from './reach.ts'
import { virtualProxyChecks } from './virtual-proxy.ts'
import { webSocketOriginChecks } from './web-socket-origins.ts'

/** The checks of client-managed Qlik, each behind those that it rests on. */
export const clientManagedChecks: readonly Check<ClientManagedContext>[] = [
  ...reachChecks,
  ...authenticationChecks,
  ...certificateChecks,
  ...claimNameChecks,
  ...virtualProxyChecks,
  ...pageChecks.filter(({ category }) => category === 'set-up'),
  ...loginChecks,
  ...pageChecks.filter(({ category }) => category === 'login'),
  ...dataChecks.filter(({ category }) => category === 'person'),
  ...dataChecks.filter(({ category }) => category === 'data'),
  ...webSocketOriginChecks,
]
