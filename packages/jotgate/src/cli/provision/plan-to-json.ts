import type { Step } from '../../provision/index.ts'
import { countsOf, type ShownPlan } from './plan-in-words.ts'
import type { ReadProvisioning } from './read-provisioning.ts'

/** A plan for machines; what Qlik gives no ID or value is left out. */
export function planToJson(
  { deployment, setupId }: ReadProvisioning,
  { plan, missingRights }: ShownPlan,
) {
  return {
    product: deployment.product,
    url: deployment.url,
    setup: setupId,
    steps: plan.steps.map(stepToJson),
    missingRights,
    notChecked: plan.notChecked,
    counts: countsOf(plan),
  }
}

/** One step for machines. */
export function stepToJson({ action, kind, key, wanted, changes, ...step }: Step) {
  const { adopts, cost, warning } = step
  return { action, kind, key, because: wanted?.because, changes, adopts, cost, warning }
}
