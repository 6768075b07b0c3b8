import type { DeploymentConfig } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { hasChanges, type Plan, readPlan, type Step } from '../../provision/index.ts'
import type { Deployment } from '../../token/index.ts'
import type { Imported } from './importers.ts'
import type { Setup } from './read-provisioning.ts'

/** What a plan of imported settings would do. */
export interface Comparison {
  /** Beside marking. */
  readonly plan: Plan
  /** How many objects bear no mark. */
  readonly unmarked: number
  /** Why no plan can be made, in a sentence. */
  readonly notCompared: readonly string[]
}

/** Plans with the imported settings, as `jotgate plan --adopt` does: what is not in order could not be imported. */
export async function compareImport(
  { certificate, provision }: Imported,
  deployment: Deployment,
  setup: NonNullable<DeploymentConfig['setup']>,
): Promise<Comparison> {
  const none = { plan: { steps: [], notChecked: [] }, unmarked: 0 }
  if (certificate === undefined) return { ...none, notCompared: [] }
  try {
    const wanted = { deployment, certificate, setup: setup as Setup }
    const plan = await readPlan({ provisioning: await provision(wanted), adopt: true })
    const steps = plan.steps.filter((step) => hasChanges({ ...plan, steps: [step] }))
    return {
      plan: { steps: steps.filter((step) => !isMarkOnly(step)), notChecked: [] },
      unmarked: steps.filter(({ adopts }) => adopts).length,
      notCompared: [],
    }
  } catch (error) {
    if (!isJotgateError(error)) throw error
    return { ...none, notCompared: [`No plan can be made of it: ${error.message}`] }
  }
}

const isMarkOnly = ({ adopts, changes }: Step) => adopts === true && changes.length === 0
