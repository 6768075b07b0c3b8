import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { emulatorVersion } from './control/information-page.ts'
import type { Switches } from './control/switch-definitions.ts'
import { parseSwitchText } from './control/switches.ts'
import { createEmulator } from './emulator.ts'
import { isEmulatorError } from './errors.ts'

/** What the command speaks to. */
interface Terminal {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Calls back once when the command is asked to end. */
  readonly onStop: (listener: () => void) => void
}

interface CloudFlags {
  port: number
  adminKey?: string
  data: string[]
  sectionAccess?: string
  switch: Partial<Switches>
  json: boolean
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('Give a number from 0 to 65535; 0 takes any free port.')
}

function collectSwitch(text: string, before: Partial<Switches>): Partial<Switches> {
  try {
    return { ...before, ...parseSwitchText(text) }
  } catch (error) {
    if (!isEmulatorError(error)) throw error
    throw new InvalidArgumentError(`${error.message}. ${error.hint}`)
  }
}

const banner = (url: string) => `
  jotgate-emulator ${emulatorVersion}: a LOCAL STAND-IN for Qlik Cloud. This is never Qlik.
  It listens on loopback only, protects nothing and forgets everything when it ends.
  Tenant:   ${url}
  Look in:  ${url}/_emulator
  Ctrl+C ends it.

`

async function runCloud(flags: CloudFlags, terminal: Terminal): Promise<void> {
  const emulator = await createEmulator({
    port: flags.port,
    switches: flags.switch,
    ...(flags.adminKey === undefined ? {} : { adminKey: flags.adminKey }),
  })
  const { url, adminKey } = emulator
  terminal.stderr(banner(url))
  if (flags.json) terminal.stdout(`${JSON.stringify({ url, adminKey })}\n`)
  else {
    terminal.stdout(`url ${url}\n`)
    if (flags.adminKey === undefined) terminal.stdout(`admin-key ${adminKey}\n`)
  }
  await new Promise<void>((resolve) => terminal.onStop(resolve))
  await emulator.close()
}

const examples = `
Examples:
  $ jotgate-emulator cloud
  $ jotgate-emulator cloud --port 4900 --admin-key local-only --switch webSocketRefusal=close
`

function createProgram(terminal: Terminal): Command {
  const program = new Command('jotgate-emulator')
    .description('A local Qlik to develop and test against. Loopback only; never for real users.')
    .version(emulatorVersion)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.stdout,
      writeErr: terminal.stderr,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText('after', examples)
  const collectFile = (file: string, before: string[]) => [...before, file]
  program
    .command('cloud')
    .description('run a Qlik Cloud tenant: JWT login, REST, engine web sockets')
    .addOption(
      new Option('--port <number>', 'where to listen; 0 takes any free port')
        .env('JOTGATE_EMULATOR_PORT')
        .argParser(parsePort)
        .default(4848),
    )
    .addOption(
      new Option('--admin-key <key>', 'key of the administrator; random by default').env(
        'JOTGATE_EMULATOR_ADMIN_KEY',
      ),
    )
    .option('--data <file>', 'CSV or JSON file that becomes an app; repeatable', collectFile, [])
    .option(
      '--section-access <file>',
      'CSV or JSON table that reduces rows by the groups of a user',
    )
    .option(
      '--switch <name=value>',
      'decide what is unknown of Qlik; repeatable',
      collectSwitch,
      {},
    )
    .option('--json', 'print one line of JSON: {"url", "adminKey"}', false)
    .addHelpText('after', examples)
    .action(async (flags: CloudFlags) => runCloud(flags, terminal))
  return program
}

/** Resolves with the exit code: 0 ended, 1 failed, 2 wrong use. */
async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!isEmulatorError(error)) throw error
    terminal.stderr(`error[${error.code}]: ${error.message}\nhint: ${error.hint}\n`)
    return 1
  }
}

/** Runs the command for this process. */
export async function main(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    onStop(listener) {
      process.once('SIGINT', listener)
      process.once('SIGTERM', listener)
    },
  })
}
