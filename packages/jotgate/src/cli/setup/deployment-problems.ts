import { findDeploymentOptions, type Settings, settingsTable } from '../../config/index.ts'
import { readLifetime } from '../../token/index.ts'
import { factsFor } from '../product-facts.ts'

/**
 * Finds why no token can be made with settings of the right form, such as http to another machine or a
 * lifetime that the product does not take. A missing setting is not a problem here.
 *
 * @returns each with its place in the deployment, such as `url: must be …`
 */
export async function deploymentProblems(settings: Settings): Promise<string[]> {
  const { options } = findDeploymentOptions(settings, true)
  if (options === undefined) return []
  const { lifetimeSeconds, notBeforeSkewSeconds } = settings
  const times = readLifetime(options, { lifetimeSeconds, notBeforeSkewSeconds })
  const deployment = factsFor(options).readDeployment()
  return [
    ...(deployment.problems ?? []).map(({ option, problem }) => `${placeOf(option)}: ${problem}`),
    ...(times.problems ?? []).map(
      ({ option, min, max, reason }) =>
        `${placeOf(option)}: must be from ${min}s to ${max}s: ${reason}`,
    ),
  ]
}

/** Where a deployment of the file has a setting. */
const placeOf = (option: string) =>
  settingsTable.find(({ name }) => name === option)?.place ?? option
