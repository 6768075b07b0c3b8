import { findDeploymentOptions, type Settings, settingsTable } from '../../config/index.ts'
import { lifetimeProblems } from '../../token/index.ts'
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
  const problems = lifetimeProblems(options, {
    lifetimeSeconds,
    notBeforeSkewSeconds,
  }).map(
    ({ option, min, max, reason }) =>
      `${placeOf(option)}: must be from ${min}s to ${max}s: ${reason}`,
  )
  const made = factsFor(options).makeDeployment()
  for (const { details } of made.problems ?? []) {
    const { option, problem } = details as { option: string; problem: string }
    problems.unshift(`${placeOf(option)}: ${problem}`)
  }
  return problems
}

/** Where a deployment of the file has a setting. */
const placeOf = (option: string) =>
  settingsTable.find(({ name }) => name === option)?.place ?? option
