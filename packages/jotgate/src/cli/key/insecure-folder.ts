import type { Call, OptionSpec } from '../command.ts'

/** The option of every command that writes a key. */
export const insecureFolderOption: OptionSpec = {
  flags: '--insecure-folder',
  description: 'write to a folder to which every user can write too',
}

/** Whether a key may go to such a folder; what that means is said each time. */
export function mayUseInsecureFolder(call: Call): boolean {
  const isAllowed = call.values.isOn('insecureFolder')
  if (isAllowed)
    call.note(
      'warning: with --insecure-folder, other users of this machine may replace the key or its certificate',
    )
  return isAllowed
}
