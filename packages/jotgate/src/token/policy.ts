import { algorithmsOf, type Reading, type SigningAlgorithm, valueOrThrow } from '../values/index.ts'
import { isChecked } from './checked-deployments.ts'
import {
  type ClientManagedDeployment,
  readClientManaged,
  readWithAnyNames,
} from './client-managed.ts'
import { type CloudDeployment, type Deployment, readCloud } from './deployment.ts'
import { tokenErrors } from './errors.ts'

/** What a deployment asks of its tokens. */
export interface TokenPolicy {
  /** Checked, whoever made it. */
  readonly deployment: Deployment
  readonly algorithms: readonly SigningAlgorithm[]
  readonly headerFor: (alg: SigningAlgorithm, kid: string) => Readonly<Record<string, string>>
}

const policies = {
  cloud: (deployment: CloudDeployment): TokenPolicy => ({
    deployment,
    algorithms: algorithmsOf('cloud'),
    headerFor: (alg, kid) => ({ alg, typ: 'JWT', kid }),
  }),
  // A virtual proxy has one certificate, so a key ID would choose nothing.
  'client-managed': (deployment: ClientManagedDeployment): TokenPolicy => ({
    deployment,
    algorithms: deployment.algorithms,
    headerFor: (alg) => ({ alg, typ: 'JWT' }),
  }),
} as const

/** @throws TypeError for a deployment of no known product, ERR_TOKEN_DEPLOYMENT for a wrong one */
export function policyFor(deployment: Deployment): TokenPolicy {
  return toPolicy(deployment, readClientManaged)
}

/** Does the same for a check, which reports reserved claim names as a finding. */
export function policyToCheck(deployment: Deployment): TokenPolicy {
  return toPolicy(deployment, readWithAnyNames)
}

function toPolicy(
  given: Deployment,
  readServer: (options: ClientManagedDeployment) => Reading<ClientManagedDeployment>,
): TokenPolicy {
  if (!Object.hasOwn(policies, given?.product))
    throw new TypeError('A deployment is made by cloud() or clientManaged()')
  const checked = <Made extends object>(made: Made, read: (options: Made) => Reading<Made>) =>
    isChecked(made) ? made : valueOrThrow(read(made), tokenErrors.ERR_TOKEN_DEPLOYMENT)
  return given.product === 'cloud'
    ? policies.cloud(checked(given, readCloud))
    : policies['client-managed'](checked(given, readServer))
}
