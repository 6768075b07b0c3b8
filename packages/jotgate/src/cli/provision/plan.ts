import { hasChanges, type Plan, readPlan } from '../../provision/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { orInterrupted } from '../interruption.ts'
import { adoptOption, provisionOptions } from './options.ts'
import { planInWords, type ShownPlan } from './plan-in-words.ts'
import { planToJson } from './plan-to-json.ts'
import { type ReadProvisioning, withProvisioning } from './read-provisioning.ts'

/** `jotgate plan`. */
export const plan: CommandSpec = {
  name: 'plan',
  summary: 'what Qlik lacks for logins by token, field by field',
  description:
    'Compares a deployment with its settings and shows what `jotgate apply` would change. It reads only. Objects that no setup of jotgate has made are never touched: one with the same key is a conflict, until --adopt takes it over.',
  options: [adoptOption, ...provisionOptions, ...resultOptions],
  examples: [
    'jotgate plan',
    'jotgate plan --deployment prod --json',
    'JOTGATE_API_KEY_ENV=QLIK_API_KEY jotgate plan --deployment prod --adopt',
  ],
  notes:
    'Exit code 3 when something would change, or is a conflict, and 0 when there is nothing to do.\nWith --json: { product, url, setup, steps: [{ action, kind, key, because, changes: [{ field, from, to, because }], adopts,\ncost, warning }], missingRights: [{ what, givenBy }], notChecked, counts }. action is none, create, update, delete, replace or\nconflict.',
  run: (call) =>
    withProvisioning(call, async (read) => {
      const shown = await readShownPlan(read, { adopt: call.values.isOn('adopt') }, call.signal)
      const isOpen = hasChanges(shown.plan)
      return {
        text: planInWords(shown, call.terminal, 'stdout'),
        json: planToJson(read, shown),
        exitCode: isOpen ? 3 : 0,
      }
    }),
}

/** Reads a plan, and which rights it would need. */
export async function readShownPlan(
  { provisioning, deployment, setupId }: ReadProvisioning,
  options: { adopt?: boolean; removesAll?: boolean; setsBack?: boolean },
  signal: AbortSignal,
): Promise<ShownPlan> {
  const found: Plan = await orInterrupted(signal, readPlan({ provisioning, ...options }))
  const asked = hasChanges(found) ? provisioning.missingRights() : Promise.resolve([])
  const missingRights = await orInterrupted(signal, asked)
  const { url } = deployment
  return { url, setupId, plan: found, missingRights, removesAll: options.removesAll === true }
}
