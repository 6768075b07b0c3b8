import { type GatewaySettings, readGatewaySettings } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { createAllowList } from '../../gateway/index.ts'
import type { CloudGateway } from '../../provision/index.ts'
import { productFor } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Call } from '../command.ts'

/**
 * Reads the gateway of the file, as far as it is before a deployment.
 *
 * @param name what the file calls the deployment; undefined where it is of no file
 */
export async function readGatewayOf(
  { values, terminal }: Call,
  name: string | undefined,
  deployment: Deployment,
): Promise<CloudGateway | undefined> {
  if (name === undefined) return undefined
  try {
    const file = values.text('config')
    const { folder } = terminal
    return gatewayOf(
      await readGatewaySettings({ ...definedOf({ file }), folder }),
      name,
      deployment,
    )
  } catch (error) {
    if (isJotgateError(error, 'ERR_CONFIG_GATEWAY')) return undefined
    throw error
  }
}

/** The sites of a gateway by which people reach a deployment; undefined when there is none. */
export function gatewayOf(
  settings: GatewaySettings,
  name: string,
  deployment: Deployment,
): CloudGateway | undefined {
  const { hasList, deployments, paths } = settings
  const publicUrls = settings.sites
    .filter((site) => namesOf(site, settings)?.includes(name) ?? true)
    .map(({ publicUrl }) => publicUrl)
  if (publicUrls.length === 0) return undefined
  const own = deployments.get(hasList ? name : '')?.paths ?? paths ?? {}
  const allowed = createAllowList({
    rules: productFor(deployment).gatewayRules,
    ...definedOf(own),
  })
  return { publicUrls, carriesSingle: allowed.find('GET', '/single/').verdict === 'listed' }
}

/** The deployments to which a site leads; undefined for the one that is meant, whichever that is. */
function namesOf(
  site: GatewaySettings['sites'][number],
  { authorise, hasList }: GatewaySettings,
): readonly string[] | undefined {
  if (site.deployment !== undefined) return [site.deployment]
  if (!hasList) return undefined
  // A site's own rules stand in place of the gateway's.
  const rules = (site.authorise ?? authorise)?.deployments ?? []
  return rules.map(({ deployment }) => deployment)
}
