import type { ProductName } from '../values/index.ts'
import type { Check } from './check.ts'
import { clientManagedChecks } from './client-managed/client-managed-checks.ts'
import {
  type ClientManagedContext,
  type ClientManagedOptions,
  createClientManagedContext,
} from './client-managed/context.ts'
import { cloudChecks } from './cloud/cloud-checks.ts'
import {
  type CloudContext,
  type CloudDoctorOptions,
  createCloudContext,
} from './cloud/cloud-context.ts'
import { gatewayChecks } from './gateway/gateway-checks.ts'
import { keyChecks } from './key/key-checks.ts'
import { networkChecks } from './network/network-checks.ts'
import { createNetworkContext, type NetworkContext } from './network/network-context.ts'

/** What the checks of each product are told. */
export interface OptionsOf {
  readonly cloud: CloudDoctorOptions
  readonly 'client-managed': ClientManagedOptions
}

/** What the checks of a product are given; `close` ends the test login and what came with it. */
interface ContextOf {
  readonly cloud: CloudContext
  readonly 'client-managed': NetworkContext & ClientManagedContext
}

interface ProductChecks<Context, Options> {
  /** In the order in which they run: from the outside in, each behind those that it rests on. */
  readonly checks: readonly Check<Context>[]
  createContext(options: Options): Context
}

const products: {
  readonly [Name in ProductName]: ProductChecks<ContextOf[Name], OptionsOf[Name]>
} = {
  cloud: {
    checks: [...networkChecks, ...keyChecks, ...cloudChecks],
    createContext: createCloudContext,
  },
  'client-managed': {
    checks: [...networkChecks, ...keyChecks, ...clientManagedChecks],
    createContext: (options) => ({
      ...createNetworkContext({ ...options, url: options.deployment.url }),
      ...createClientManagedContext(options),
    }),
  },
}

/**
 * Gives the checks of a product, and what they are given: `runChecks` runs them, `context.close()` ends the test login.
 *
 * @param product the product of the deployment
 * @param options `deployment` and `key`, and what else is known: see `DoctorOptions`; what is left out is said as not
 * checked
 * @see https://qlik.dev/authenticate/jwt/ and https://help.qlik.com/en-US/sense-admin/
 * @example
 * import { type CloudDeployment, type SigningKey } from 'jotgate'
 * import { checksFor, runChecks } from 'jotgate/doctor'
 *
 * async function examine(deployment: CloudDeployment, key: SigningKey) {
 *   const { checks, context } = checksFor('cloud', { deployment, key })
 *   for await (const { verdict, title } of runChecks({ checks, context })) console.log(verdict, title)
 *   await context.close()
 * }
 */
export function checksFor<Name extends ProductName>(
  product: Name,
  options: OptionsOf[Name],
): { checks: readonly Check<ContextOf[Name]>[]; context: ContextOf[Name] } {
  const { checks, createContext } = products[product]
  const { gateway } = options
  const ofGateway =
    gateway === undefined
      ? []
      : gatewayChecks.map((check) => ({ ...check, run: () => check.run(gateway) }))
  return { checks: [...checks, ...ofGateway], context: createContext(options) }
}
