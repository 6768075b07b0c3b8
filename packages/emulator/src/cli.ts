import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { emulatorVersion } from './control/information-page.ts'
import type { Switches } from './control/switch-definitions.ts'
import { parseSwitchText } from './control/switches.ts'
import { createEmulator } from './emulator.ts'
import {
  type AppDefinition,
  createMoviesApp,
  isDataError,
  parseSectionAccess,
  readAppFile,
} from './engine/index.ts'
import { emulatorError, isEmulatorError } from './errors.ts'
import type { TlsTrust } from './tls/secure-server.ts'

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
  tls?: true
  tlsFolder?: string
  publicUrl?: string
  json?: true
}

/** Where --tls keeps its keys, below the folder that the command runs in. */
const defaultTlsFolder = join('.jotgate', 'tls')

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

const banner = (url: string, consoleUrl: string) => `
  jotgate-emulator ${emulatorVersion}: a LOCAL STAND-IN for Qlik Cloud. This is never Qlik.
  It listens on loopback only, protects nothing and forgets everything when it ends.
  Tenant:   ${url}
  Look in:  ${consoleUrl}
  Ctrl+C ends it.

`

const tlsBanner = ({ caFile, spkiHash }: TlsTrust) => `  Trust:    NODE_EXTRA_CA_CERTS=${caFile}
            chromium --ignore-certificate-errors-spki-list=${spkiHash}

`

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code)
    throw emulatorError('ERR_EMULATOR_FILE', { file, reason }, { cause: error })
  }
}

/** Movies, or an app for each data file; the access table holds for each of them. */
async function readApps({ data, sectionAccess: file }: CloudFlags): Promise<AppDefinition[]> {
  if (data.length === 0) {
    if (file === undefined) return [await createMoviesApp()]
    const sectionAccess = parseSectionAccess(await readText(file), file)
    return [await createMoviesApp({ sectionAccess })]
  }
  const options = file === undefined ? {} : { sectionAccessFile: file }
  const apps = await Promise.all(data.map((path) => readAppFile(path, options)))
  const ids = apps.map((app) => app.id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  const [id, path] = [ids[twice], data[twice]]
  if (id !== undefined && path !== undefined)
    throw emulatorError('ERR_EMULATOR_APP_ID', { id, file: path })
  return apps
}

async function runCloud(flags: CloudFlags, terminal: Terminal): Promise<void> {
  // Listened for from the start: who asks for the end while it begins gets it as soon as it has begun.
  const stopped = new Promise<void>((resolve) => terminal.onStop(resolve))
  const emulator = await createEmulator({
    port: flags.port,
    apps: await readApps(flags),
    switches: flags.switch,
    ...(flags.adminKey === undefined ? {} : { adminKey: flags.adminKey }),
    ...(flags.publicUrl === undefined ? {} : { publicUrl: flags.publicUrl }),
    ...(flags.tls || flags.tlsFolder !== undefined
      ? { tls: { folder: resolve(flags.tlsFolder ?? defaultTlsFolder) } }
      : {}),
  })
  const { url, adminKey, consoleUrl } = emulator
  // A key that was given is not printed again; one that was made lets the console in at once.
  terminal.stderr(banner(url, flags.adminKey === undefined ? consoleUrl : `${url}/_emulator`))
  const { tls } = emulator
  const trust = tls && { caFile: tls.caFile, spkiHash: tls.spkiHash }
  if (tls !== undefined) terminal.stderr(tlsBanner(tls))
  const report = { url, adminKey, ...(trust === undefined ? {} : { tls: trust }) }
  if (flags.json) terminal.stdout(`${JSON.stringify(report)}\n`)
  else {
    terminal.stdout(`url ${url}\n`)
    if (flags.adminKey === undefined) terminal.stdout(`admin-key ${adminKey}\n`)
    if (trust !== undefined)
      terminal.stdout(`ca-file ${trust.caFile}\nspki-hash ${trust.spkiHash}\n`)
  }
  await stopped
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
    .addOption(
      new Option('--data <file>', 'CSV or JSON file that becomes an app; repeatable')
        .argParser(collectFile)
        .default([], 'the app Movies'),
    )
    .option(
      '--section-access <file>',
      'CSV table that reduces the rows of the apps by user and group',
    )
    .addOption(
      new Option('--switch <name=value>', 'decide what is not known of Qlik; repeatable')
        .argParser(collectSwitch)
        .default({}, 'as the README lists them'),
    )
    .option('--tls', 'serve https and wss, with a certificate authority of its own')
    .option(
      '--tls-folder <folder>',
      `where its keys are kept; means --tls (default: ${defaultTlsFolder})`,
    )
    .option('--public-url <url>', 'address in links and redirects, as of a proxy in front')
    .option('--json', 'print one line of JSON: {"url", "adminKey"}, and "tls" where it is served')
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
    if (isDataError(error)) terminal.stderr(`error[${error.code}]: ${error.message}\n`)
    else if (isEmulatorError(error))
      terminal.stderr(`error[${error.code}]: ${error.message}\nhint: ${error.hint}\n`)
    else throw error
    return 1
  }
}

/** Runs the command for this process. */
export async function main(): Promise<void> {
  const terminal: Terminal = {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    onStop(listener) {
      process.once('SIGINT', listener)
      process.once('SIGTERM', listener)
    },
  }
  try {
    process.exitCode = await runCli(process.argv.slice(2), terminal)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.stderr(`A bug of jotgate-emulator, please report it:\n${text}\n`)
    process.exitCode = 70
  }
}
