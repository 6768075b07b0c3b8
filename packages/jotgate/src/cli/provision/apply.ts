import type { Call, CommandSpec } from '../command.ts'
import { carryOut } from './carry-out.ts'
import { adoptOption, changingOptions, provisionOptions } from './options.ts'
import { readShownPlan } from './plan.ts'
import { withProvisioning } from './read-provisioning.ts'

/** `jotgate apply`. */
export const apply: CommandSpec = {
  name: 'apply',
  summary: 'makes at Qlik what `jotgate plan` shows',
  description:
    'Shows the plan, asks, and carries it out. Each object is read again before it is written, and proved after; at the first that is not as the plan saw it, and at the first error, it stops and says what is done and what is not. To repeat it is safe. No lock across machines exists: of two that run at once, the second finds the work of the first, or stops.',
  options: [
    adoptOption,
    {
      flags: '--allow-delete',
      description: 'delete objects of this setup that the settings want no longer',
      onlyFlag: true,
    },
    ...provisionOptions,
    ...changingOptions,
  ],
  examples: [
    'jotgate apply --deployment prod',
    'jotgate apply --deployment prod --yes --json',
    'jotgate apply --deployment prod --allow-delete',
  ],
  notes:
    'Exit code 0 when all of it is done, 1 when it stopped, 2 without --yes where nobody can be asked, 130 when interrupted.\nWith --json: { done: [{ action, kind, key }], left }. When it stops, the error’s details have done, unknown and notDone.',
  endsOnSignal: true,
  run: (call) =>
    applySettings(call, {
      adopt: call.values.isOn('adopt'),
      allowDelete: call.values.isOn('allowDelete'),
    }),
}

/** Shows the plan of the deployment that a call names, asks, and carries it out. */
export const applySettings = (
  call: Call,
  { adopt, allowDelete }: { adopt: boolean; allowDelete: boolean },
) =>
  withProvisioning(call, async (read) => {
    const shown = await readShownPlan(read, { adopt }, call.signal)
    return carryOut(call, read, {
      shown,
      allowDelete,
      question: (steps) => `Apply ${steps} change${steps === 1 ? '' : 's'} to`,
    })
  })
