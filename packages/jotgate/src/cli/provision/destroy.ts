import { hasChanges } from '../../provision/index.ts'
import type { CommandSpec } from '../command.ts'
import { carryOut } from './carry-out.ts'
import { changingOptions, provisionOptions } from './options.ts'
import { readShownPlan } from './plan.ts'
import { planInWords } from './plan-in-words.ts'
import { withProvisioning } from './read-provisioning.ts'

/** `jotgate destroy`. */
export const destroy: CommandSpec = {
  name: 'destroy',
  summary: 'deletes at Qlik what this setup has made',
  description:
    'Deletes the objects that bear the mark of this setup, the last made first, and nothing else. Nobody can log in by them any more. Settings of the whole deployment, such as whether tokens may make groups, stay unless --reset-settings is given.',
  options: [
    { flags: '--allow-delete', description: 'needed: objects are deleted', onlyFlag: true },
    {
      flags: '--reset-settings',
      description: 'set settings of the whole deployment back to Qlik’s defaults, too',
      onlyFlag: true,
    },
    ...provisionOptions,
    ...changingOptions,
  ],
  examples: [
    'jotgate destroy --deployment trial --allow-delete',
    'jotgate destroy --deployment trial --allow-delete --reset-settings --yes',
  ],
  notes:
    'Exit code 0 when all of it is done, 1 when it stopped, 2 without --allow-delete or a yes, 130 when interrupted.\nWith --json: { done: [{ action, kind, key }], left }.',
  endsOnSignal: true,
  run: (call) =>
    withProvisioning(call, async (read) => {
      // Without its link the virtual proxy lets the service user in no more, and the rest would stay.
      if (read.close !== undefined)
        throw call.refuse(
          'a service user cannot delete the virtual proxy by which it comes in: give --client-certificate and --client-key',
        )
      const setsBack = call.values.isOn('resetSettings')
      const shown = await readShownPlan(read, { removesAll: true, setsBack }, call.signal)
      const allowDelete = call.values.isOn('allowDelete')
      if (!allowDelete && hasChanges(shown.plan)) {
        if (!call.values.isOn('json'))
          call.terminal.writeErr(`${planInWords(shown, call.terminal, 'stderr')}\n`)
        throw call.refuse('nothing was deleted: --allow-delete is needed')
      }
      return carryOut(call, read, {
        shown,
        allowDelete,
        question: (steps) => `Delete or set back ${steps} object${steps === 1 ? '' : 's'} of`,
      })
    }),
}
