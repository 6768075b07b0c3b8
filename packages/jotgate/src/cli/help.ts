import type { Command } from 'commander'
import type { CommandSpec } from './command.ts'

/** How wide help is, on every terminal: what was tested is what is seen. */
const helpWidth = 100

export function configureHelp(command: Command, spec: CommandSpec): Command {
  return command
    .configureHelp({ helpWidth, showGlobalOptions: false })
    .configureOutput({ getOutHelpWidth: () => helpWidth, getErrHelpWidth: () => helpWidth })
    .addHelpText('after', helpAfter(spec))
}

function helpAfter({ examples, notes, foreign }: CommandSpec): string {
  const environment = foreign
    ? ''
    : '\nEach option may come from the environment too: --user-id from JOTGATE_USER_ID.'
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  $ ${example}`),
    ...(notes === undefined ? [] : ['', notes]),
    environment,
  ].join('\n')
}
