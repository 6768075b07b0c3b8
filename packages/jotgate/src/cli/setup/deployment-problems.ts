import { findDeploymentOptions, forProduct, type Settings } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'

/** Where in the file a length stands. */
const places = {
  lifetimeSeconds: 'signing.lifetime',
  notBeforeSkewSeconds: 'signing.notBeforeSkew',
} as const

/**
 * What keeps tokens from being made with settings that have the right form: plain http to another
 * machine, say, or a lifetime that the product does not take. What is missing is no problem here.
 *
 * @returns each with its place in the deployment, such as `url: must be …`
 */
export async function deploymentProblems(settings: Settings): Promise<string[]> {
  const { options } = findDeploymentOptions(settings, true)
  if (options === undefined) return []
  const { cloud, clientManaged } = await import('../../token/index.ts')
  const { lifetimeProblems } = await import('../../token/lifetime.ts')
  const { lifetimeSeconds, notBeforeSkewSeconds } = settings
  const problems = lifetimeProblems(options, {
    lifetimeSeconds,
    notBeforeSkewSeconds,
  }).map(
    ({ option, min, max, reason }) =>
      `${places[option]}: must be from ${min}s to ${max}s: ${reason}`,
  )
  try {
    forProduct<unknown>(options, { cloud, clientManaged })
  } catch (error) {
    if (!isJotgateError(error, 'ERR_TOKEN_DEPLOYMENT')) throw error
    const { option, problem } = error.details as { option: string; problem: string }
    problems.unshift(`${option}: ${problem}`)
  }
  return problems
}
