import type { GatewayDeploymentSettings } from '../../config/index.ts'
import type { DoctorOptions, GatewayContext } from '../../doctor/index.ts'
import type { Deployment } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { readGateway } from '../gateway/gateway-options.ts'
import { toIdentifyOptions } from '../gateway/gateway-people.ts'
import { readGatewayOfFile, sitesBefore } from '../provision/gateway-of.ts'

/** The gateway of the file, as far as it leads to one deployment. */
export interface CheckedGateway {
  readonly context: GatewayContext
  /** What it is told of that deployment. */
  readonly own: GatewayDeploymentSettings
}

/**
 * Reads the gateway of the file that leads to a deployment; undefined where there is none.
 *
 * @param name of the deployment in the file
 */
export async function readCheckedGateway(
  call: Call,
  name: string | undefined,
  deployment: Deployment,
  shared: Pick<DoctorOptions, 'transport'>,
): Promise<CheckedGateway | undefined> {
  const settings = name === undefined ? undefined : await readGatewayOfFile(call)
  if (name === undefined || settings === undefined) return undefined
  const sites = sitesBefore(settings, name)
  if (sites.length === 0) return undefined
  const own = settings.deployments.get(settings.hasList ? name : '') ?? {}
  const paths = own.paths ?? settings.paths
  const fetch = shared.transport?.fetch
  const context: GatewayContext = {
    sites: sites.map(({ publicUrl, allowedOrigins, identify }) => ({
      publicUrl,
      allowedOrigins,
      ...definedOf({ identify: identify && toIdentifyOptions(identify) }),
    })),
    identify: toIdentifyOptions(settings.identify),
    deployments: [
      {
        name,
        deployment,
        ...definedOf({ paths: paths && definedOf(paths), nodes: own.nodes, fetch }),
      },
    ],
    store: settings.store,
    audit: settings.audit,
    tls: settings.listen.tls,
    clock: call.clock,
    ...definedOf({ trustedProxies: settings.trustedProxies, fetch }),
    async readAll() {
      const read = await readGateway(fromFileAlone(call), settings)
      await read.close()
      return read.warnings
    },
  }
  return { context, own }
}

/** What `jotgate gateway` would be told without any option: those of this command are of one deployment. */
function fromFileAlone(call: Call): Call {
  const { values } = call
  return {
    ...call,
    values: {
      text: (name) => (name === 'config' ? values.text(name) : undefined),
      list: () => [],
      isOn: () => false,
      source: () => undefined,
    },
  }
}
