import { type ClientManagedDeployment, clientManaged, readClientManaged } from './client-managed.ts'
import { type CloudDeployment, cloud, type Deployment } from './deployment.ts'
import type { SigningAlgorithm } from './signing-key.ts'

/** What a deployment asks of its tokens. */
export interface TokenPolicy {
  /** Once more through its own checks: what came in may be made by hand. */
  readonly deployment: Deployment
  readonly algorithms: readonly SigningAlgorithm[]
  readonly headerFor: (alg: SigningAlgorithm, kid: string) => Readonly<Record<string, string>>
}

const policies = {
  // Qlik's tutorials ask for RS256:
  // https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
  cloud: (deployment: CloudDeployment): TokenPolicy => ({
    deployment: cloud(deployment),
    algorithms: ['RS256'],
    headerFor: (alg, kid) => ({ alg, typ: 'JWT', kid }),
  }),
  // A virtual proxy holds one certificate, so a key ID would choose nothing.
  'client-managed': (deployment: ClientManagedDeployment): TokenPolicy => ({
    deployment,
    algorithms: deployment.algorithms,
    headerFor: (alg) => ({ alg, typ: 'JWT' }),
  }),
} as const

/** @throws TypeError for a deployment of no known product, ERR_TOKEN_DEPLOYMENT for a wrong one */
export function policyFor(deployment: Deployment): TokenPolicy {
  return isClientManaged(deployment)
    ? policies['client-managed'](clientManaged(deployment))
    : policies.cloud(deployment)
}

/** The same for a check: a reserved claim name is not thrown, since it is a finding. */
export function policyToCheck(deployment: Deployment): TokenPolicy {
  return isClientManaged(deployment)
    ? policies['client-managed'](readClientManaged(deployment))
    : policies.cloud(deployment)
}

function isClientManaged(deployment: Deployment): deployment is ClientManagedDeployment {
  if (!Object.hasOwn(policies, deployment?.product))
    throw new TypeError('A deployment is made by cloud() or clientManaged()')
  return deployment.product === 'client-managed'
}
