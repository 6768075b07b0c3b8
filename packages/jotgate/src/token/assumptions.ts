import { type JsonObject, type ProductName, stringProblem, valueOrThrow } from '../values/index.ts'
import { cloudAudience } from './claims.ts'
import {
  type ClaimNames,
  type ClientManagedDeployment,
  readWithAnyNames,
} from './client-managed.ts'
import type { Deployment } from './deployment.ts'
import { tokenErrors } from './errors.ts'
import { namesFor } from './rules/client-managed/claim-names.ts'

/** What a token says of the deployment that it is for, where nobody else says it. */
export interface Assumptions {
  readonly product: ProductName | undefined
  readonly issuer: string
  readonly userDirectory: string
  /** The names in the token for user ID and directory, in any case; undefined when there are none. */
  readonly claims: {
    readonly userId: string | undefined
    readonly userDirectory: string | undefined
  }
}

/** Stands where the token says nothing usable: no issuer or directory is called so. */
const unknown = 'unknown'

/** Takes a token at its word, so that the rules that do not depend on the deployment can be evaluated. */
export function assumptionsOf(claims: JsonObject): Assumptions {
  const [userId] = namesFor(claims, 'userId')
  const [userDirectory] = namesFor(claims, 'userDirectory')
  const textOf = (name: string | undefined, maxLength: number) => {
    const value = name !== undefined && Object.hasOwn(claims, name) ? claims[name] : undefined
    return stringProblem(value, maxLength) === undefined ? String(value) : unknown
  }
  return {
    product: productOf(claims),
    issuer: textOf('iss', 256),
    userDirectory: textOf(userDirectory, 255),
    claims: { userId, userDirectory },
  }
}

function productOf(claims: JsonObject): ProductName | undefined {
  const names = Object.keys(claims).map((name) => name.toLowerCase())
  if ([claims.aud].flat().includes(cloudAudience) || names.includes('subtype')) return 'cloud'
  const isClientManaged = names.includes('userid') || namesFor(claims, 'userDirectory').length > 0
  return isClientManaged ? 'client-managed' : undefined
}

/**
 * The deployment with the attribute mapping that the token itself has: where nobody said how a virtual
 * proxy maps its claims, none can be missing.
 */
export function withMappingOf(deployment: Deployment, claims: JsonObject): Deployment {
  return deployment.product === 'cloud' ? deployment : toMapped(deployment, claims)
}

function toMapped(deployment: ClientManagedDeployment, payload: JsonObject): Deployment {
  const { userId, userDirectory, groups, attributes = {} } = deployment.claims
  const isPresent = (name: string | undefined): name is string =>
    name !== undefined && Object.hasOwn(payload, name)
  const present = Object.entries(attributes).filter(([, name]) => isPresent(name))
  const claims: ClaimNames = {
    userId,
    userDirectory,
    ...(isPresent(groups) ? { groups } : {}),
    attributes: Object.fromEntries(present),
  }
  return valueOrThrow(readWithAnyNames({ ...deployment, claims }), tokenErrors.ERR_TOKEN_DEPLOYMENT)
}
