import type { GatewayDeploymentSettings, Settings } from '../../config/index.ts'
import type { DoctorOptions, OptionsOf } from '../../doctor/index.ts'
import type { Deployment } from '../../token/index.ts'
import { definedOf, type ProductName } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { parseUser, readRepositoryOptions } from '../sessions/site.ts'
import { readTenantAdministrator, unsetVariableOf } from '../tenant-administrator.ts'

interface Source<Name extends ProductName> {
  readonly call: Call
  readonly settings: Settings
  readonly deployment: Extract<Deployment, { product: Name }>
  readonly shared: DoctorOptions
  /** What the gateway of the file is told of the deployment; nothing without one. */
  readonly ofGateway: GatewayDeploymentSettings
}

/** What the checks of each product are told beside what those of every product are. */
export const doctorOptionsFor: {
  readonly [Name in ProductName]: (source: Source<Name>) => Promise<OptionsOf[Name]>
} = {
  async cloud({ call, settings, deployment, shared }) {
    const { createGroups } = (settings.setup ?? {}) as { readonly createGroups?: boolean }
    const { transport, timeoutMs } = shared
    const access = { deployment, ...definedOf({ fetch: transport?.fetch, timeoutMs }) }
    const unset = unsetVariableOf(call, settings)
    if (unset !== undefined)
      call.note(
        `note: ${unset}, which administrator of the file names, is not set or empty: no administrator is asked`,
      )
    return {
      ...shared,
      deployment,
      ...(unset === undefined ? await readTenantAdministrator(call, settings, access) : {}),
      ...definedOf({ usesGroups: createGroups }),
    }
  },
  async 'client-managed'({ call, settings, deployment, shared, ofGateway }) {
    const name = settings.administrator?.user
    const hasAccess = settings.clientCertificate?.file !== undefined
    return {
      ...shared,
      deployment,
      ...definedOf({ nodes: ofGateway.nodes, proxyApis: ofGateway.proxyApis }),
      ...(hasAccess
        ? { repository: await readRepositoryOptions(call, settings) }
        : definedOf({
            serviceUser: name === undefined ? name : parseUser(call, name, '--service-user'),
          })),
    }
  },
}
