import { type DeploymentAddress, productFor } from '../../qlik/index.ts'
import { found, type Reading, readEach, readOrigin, refused } from '../../values/index.ts'

/**
 * Reads the addresses of a deployment's proxy nodes; without them, it has its own address alone.
 *
 * They have the scheme of the deployment: where answers name addresses, there is one scheme to look for.
 */
export function readNodes(
  option: string,
  value: unknown,
  deployment: DeploymentAddress,
): Reading<readonly string[]> {
  if (value === undefined) return found([deployment.url])
  if (!productFor(deployment).gatewayRules.hasNodes)
    return refused(option, 'must be omitted, because this product has one address')
  if (!Array.isArray(value) || value.length < 1 || value.length > 20)
    return refused(option, 'must be an array of 1 to 20 addresses')
  const seen = new Set<string>()
  return readEach(
    value.map((one, at) => {
      const name = `${option}[${at}]`
      const node = readOrigin(name, one)
      if (node.problems !== undefined) return node
      const { protocol } = new URL(deployment.url)
      if (new URL(node.value).protocol !== protocol)
        return refused(name, `must begin with ${protocol}//, as the deployment’s address does`)
      if (seen.has(node.value)) return refused(name, 'names a node a second time')
      seen.add(node.value)
      return node
    }),
  )
}
