import type { ActualObject, Provisioning } from './kind.ts'
import { type Plan, planSteps } from './plan.ts'

/**
 * Reads what a deployment has, and plans what is to be done. Nothing is changed.
 *
 * @param options.provisioning what is wanted, and how its kinds are read: of `provisionCloud` or
 * `provisionClientManaged`
 * @param options.adopt takes over objects of the same key that no setup has marked; false when omitted
 * @param options.removesAll plans to remove every object of this setup; false when omitted
 * @param options.setsBack with `removesAll`: settings of the whole deployment get their defaults again; false when
 * omitted
 * @throws the errors of the part `qlik`, when a kind cannot be read
 * @example
 * import { hasChanges, type Provisioning, readPlan } from 'jotgate/provision'
 *
 * const isInOrder = async (provisioning: Provisioning) =>
 *   !hasChanges(await readPlan({ provisioning }))
 */
export async function readPlan(options: {
  provisioning: Provisioning
  adopt?: boolean
  removesAll?: boolean
  setsBack?: boolean
}): Promise<Plan> {
  const { provisioning, adopt = false, removesAll = false, setsBack = false } = options
  const { kinds, wanted, notChecked } = provisioning
  const objects = new Map<string, readonly ActualObject[]>()
  // One after the other: some kinds belong to objects of an earlier one, and Qlik counts calls.
  for (const kind of kinds) objects.set(kind.name, await kind.list())
  const steps = planSteps({ kinds, wanted, objects, adopt, removesAll, setsBack })
  return { steps, notChecked }
}
