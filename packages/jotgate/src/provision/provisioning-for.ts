import type { ProductName } from '../values/index.ts'
import {
  type ProvisionClientManagedOptions,
  provisionClientManaged,
} from './client-managed/provision-client-managed.ts'
import { type ProvisionCloudOptions, provisionCloud } from './cloud/provision-cloud.ts'
import type { Provisioning } from './kind.ts'

/** What the function of each product takes. */
export interface ProvisionOptions {
  readonly cloud: ProvisionCloudOptions
  readonly 'client-managed': ProvisionClientManagedOptions
}

const provisions: {
  readonly [Name in ProductName]: (options: ProvisionOptions[Name]) => Promise<Provisioning>
} = {
  cloud: provisionCloud,
  'client-managed': provisionClientManaged,
}

/**
 * What a deployment of a product needs for logins by token, and how it is made.
 *
 * @param product `cloud` or `client-managed`
 * @param options what the function of this product takes: `provisionCloud`, `provisionClientManaged`
 * @throws what that function throws
 * @example
 * import { type ProvisionCloudOptions, provisioningFor } from 'jotgate/provision'
 *
 * const wantedAt = async (options: ProvisionCloudOptions) =>
 *   (await provisioningFor(options.deployment.product, options)).wanted
 */
export function provisioningFor<Name extends ProductName>(
  product: Name,
  options: ProvisionOptions[Name],
): Promise<Provisioning> {
  return provisions[product](options)
}
