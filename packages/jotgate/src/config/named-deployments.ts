import { ownMember } from '../values/index.ts'
import type { GatewayConfig } from './gateway-schema.ts'
import { meantName } from './nearest-name.ts'

/** A deployment as a gateway with a list of sites names it, and where in the member `gateway`. */
interface NamedDeployment {
  readonly name: string
  readonly path: readonly (string | number)[]
}

/** Everywhere that a gateway with a list of sites names a deployment, in the order of the sites. */
export function namedDeployments({
  sites = [],
  deployments = {},
  authorise,
}: Partial<GatewayConfig>): NamedDeployment[] {
  const inRules = (rules: GatewayConfig['authorise'], place: readonly (string | number)[]) =>
    (rules?.deployments ?? []).map(({ deployment: name }, at) => ({
      name,
      path: [...place, 'authorise', 'deployments', at, 'deployment'],
    }))
  const ofSites = sites.flatMap((site, at) =>
    (['deployment', 'staticFilesFrom'] as const).flatMap((member) => {
      const name = site[member]
      return name === undefined ? [] : [{ name, path: ['sites', at, member] }]
    }),
  )
  return [
    ...ofSites,
    ...inRules(authorise, []),
    ...sites.flatMap((site, at) => inRules(site.authorise, ['sites', at])),
    ...Object.keys(deployments).map((name) => ({ name, path: ['deployments', name] })),
  ]
}

/** The names among them that the file has no deployment for. Without a list, the command line may name another. */
export function unknownDeployments(
  gateway: Partial<GatewayConfig> | undefined,
  names: readonly string[],
) {
  if (gateway?.sites === undefined) return []
  const known = Object.fromEntries(names.map((name) => [name, true]))
  return namedDeployments(gateway)
    .filter(({ name }) => ownMember(known, name) === undefined)
    .map(({ name, path }) => ({
      path,
      message: `is not one of the deployments of the file: ${names.join(', ') || 'there are none'}${meantName(name, names)}`,
    }))
}
