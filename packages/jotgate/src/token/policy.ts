import type { Deployment } from './deployment.ts'
import type { SigningAlgorithm } from './signing-key.ts'

/** What a product asks of its tokens. */
export interface TokenPolicy {
  readonly algorithms: readonly SigningAlgorithm[]
  readonly maxLifetimeSeconds: number
}

const policies: Readonly<Record<Deployment['product'], TokenPolicy>> = {
  // Qlik's tutorials ask for RS256, and exp - nbf "must not exceed sixty minutes (3600 seconds)":
  // https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
  cloud: { algorithms: ['RS256'], maxLifetimeSeconds: 3600 },
}

export function policyFor(deployment: Deployment): TokenPolicy {
  if (!Object.hasOwn(policies, deployment.product))
    throw new TypeError('A deployment is made by cloud()')
  return policies[deployment.product]
}
