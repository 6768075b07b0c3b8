import type { DeploymentConfig } from './schema.ts'

/** A deployment that can stand in a file, and what of it could not. */
export interface SoundDeployment {
  readonly deployment: DeploymentConfig
  /** Each with its place in the deployment: `setup.title: is longer than 200 characters`. */
  readonly problems: readonly string[]
}

/** A list that lost its members may be too short, and then an object may be empty: no form is deeper. */
const mostRounds = 10

/**
 * Leaves out of a deployment what cannot stand in a file, such as a name with a control character, for settings that
 * somebody else wrote. What the deployment cannot do without stays, and is a problem that `parseConfig` tells.
 */
export async function withoutProblems(deployment: object): Promise<SoundDeployment> {
  const { configSchema } = await import('./schema.ts')
  const { problemsOf } = await import('./problems.ts')
  const sound = structuredClone(deployment)
  const problems: string[] = []
  for (let round = 0; round < mostRounds; round += 1) {
    const value = { deployments: { one: sound } }
    const { error } = configSchema.safeParse(value)
    if (error === undefined) break
    problems.push(
      ...problemsOf(error, value).map((problem) => problem.replace(/^deployments\.one\./, '')),
    )
    const places = error.issues.map(({ path }) => JSON.stringify(thereOf(sound, path.slice(2))))
    // From the end, so that the places of a list's other members stay what they are.
    for (const place of [...new Set(places)].toReversed()) removeAt(sound, JSON.parse(place))
  }
  return { deployment: sound as DeploymentConfig, problems: [...new Set(problems)] }
}

/** Where a member is missing, its owner is the problem. */
function thereOf(object: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] {
  let inside = object
  for (const [at, step] of path.entries()) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step))
      return path.slice(0, at)
    inside = (inside as Record<PropertyKey, unknown>)[step]
  }
  return path
}

function removeAt(object: unknown, path: readonly PropertyKey[]): void {
  const [step, ...rest] = path
  if (step === undefined || typeof object !== 'object' || object === null) return
  const inside = object as Record<PropertyKey, unknown>
  if (rest.length > 0) removeAt(inside[step], rest)
  else if (Array.isArray(object)) object.splice(Number(step), 1)
  else delete inside[step]
}
