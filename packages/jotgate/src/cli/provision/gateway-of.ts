import { type GatewaySettings, readGatewaySettings, type SiteSettings } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { createAllowList } from '../../gateway/index.ts'
import type { CloudGateway } from '../../provision/index.ts'
import { productFor } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Call } from '../command.ts'

/** Reads the gateway of the file; undefined without one. */
export async function readGatewayOfFile({
  values,
  terminal,
}: Call): Promise<GatewaySettings | undefined> {
  try {
    return await readGatewaySettings({ file: values.text('config'), folder: terminal.folder })
  } catch (error) {
    if (isJotgateError(error, 'ERR_CONFIG_GATEWAY')) return undefined
    throw error
  }
}

/**
 * Reads the gateway of the file, as far as it is before a deployment.
 *
 * @param name what the file calls the deployment; undefined where it is of no file
 */
export async function readGatewayOf(
  call: Call,
  name: string | undefined,
  deployment: Deployment,
): Promise<CloudGateway | undefined> {
  if (name === undefined) return undefined
  const settings = await readGatewayOfFile(call)
  return settings && gatewayOf(settings, name, deployment)
}

/** The sites of a gateway by which people reach a deployment. */
export function sitesBefore(settings: GatewaySettings, name: string): readonly SiteSettings[] {
  return settings.sites.filter((site) => namesOf(site, settings)?.includes(name) ?? true)
}

/** What the setup of a deployment is told of the gateway before it; undefined when there is none. */
export function gatewayOf(
  settings: GatewaySettings,
  name: string,
  deployment: Deployment,
): CloudGateway | undefined {
  const { hasList, deployments, paths } = settings
  const publicUrls = sitesBefore(settings, name).map(({ publicUrl }) => publicUrl)
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
  site: SiteSettings,
  { authorise, hasList }: GatewaySettings,
): readonly string[] | undefined {
  if (site.deployment !== undefined) return [site.deployment]
  if (!hasList) return undefined
  // A site's own rules stand in place of the gateway's.
  const rules = (site.authorise ?? authorise)?.deployments ?? []
  return rules.map(({ deployment }) => deployment)
}
