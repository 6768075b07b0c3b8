import { join, resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { emulatorVersion } from '../control/console/information-page.ts'
import { nearestName } from '../control/nearest-name.ts'
import type { Product } from '../control/product.ts'
import { parseSwitchText, type SwitchValues } from '../control/switches.ts'
import { isDataError } from '../engine/index.ts'
import { type EmulatorError, emulatorError, isEmulatorError } from '../errors.ts'
import type { TlsTrust } from '../tls/secure-server.ts'
import { createEmulators, type Emulators } from './emulators.ts'
import { type ProductCommand, productCommands } from './product-command.ts'
import { readApps } from './read-apps.ts'

/** What the command speaks to. */
interface Terminal {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Calls back once when the command is asked to end. */
  readonly onStop: (listener: () => void) => void
}

/** The options that all products share. */
interface SharedFlags {
  adminKey?: string
  data: string[]
  sectionAccess?: string
  switch: SwitchValues
  tls?: true
  tlsFolder?: string
  certificates?: string
  json?: true
}

/** Where --tls keeps its keys, below the folder that the command runs in. */
const defaultTlsFolder = join('.jotgate', 'tls')

const names = productCommands.map(({ name }) => name)
const allSwitches = Object.assign({}, ...productCommands.map(({ switches }) => switches))

function collectProduct(text: string, before: readonly ProductCommand[] = []): ProductCommand[] {
  const command = productCommands.find(({ name }) => name === text)
  if (command === undefined)
    throw new InvalidArgumentError(`Did you mean ${nearestName(text, names)}?`)
  if (before.includes(command)) throw new InvalidArgumentError('It is named twice.')
  return [...before, command]
}

function collectSwitch(text: string, before: SwitchValues): SwitchValues {
  try {
    return { ...before, ...parseSwitchText(allSwitches, text) }
  } catch (error) {
    if (!isEmulatorError(error)) throw error
    throw new InvalidArgumentError(`${error.message}. ${error.hint}`)
  }
}

/** The products with their own options, and each switch with the product that has it. */
async function plugIn(
  commands: readonly [ProductCommand, ...ProductCommand[]],
  flags: SharedFlags,
): Promise<[Product, ...Product[]]> {
  const known = commands.flatMap(({ switches }) => Object.keys(switches))
  const foreign = Object.keys(flags.switch).find((name) => !known.includes(name))
  if (foreign !== undefined)
    throw emulatorError('ERR_EMULATOR_SWITCH_NAME', {
      name: foreign,
      nearest: nearestName(foreign, known),
    })
  const toProduct = (command: ProductCommand) => {
    const own = Object.entries(flags.switch).filter(([name]) => name in command.switches)
    return command.plugIn({ ...flags }, Object.fromEntries(own))
  }
  const [first, ...others] = commands
  return [await toProduct(first), ...(await Promise.all(others.map(toProduct)))]
}

/** Ends with wrong use where an option was written that no product which runs has: it would be without effect. */
function refuseForeignOption(program: Command, commands: readonly ProductCommand[]): void {
  for (const other of productCommands.filter((one) => !commands.includes(one))) {
    const written = other.options.find(
      (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
    )
    if (written !== undefined)
      program.error(
        `error: option ${written.long} is for ${other.name}, which is not among the products to run`,
      )
  }
}

const banner = (titles: string, addresses: readonly string[], consoleUrl: string) => `
  jotgate-emulator ${emulatorVersion}: a LOCAL STAND-IN for ${titles}. This is never Qlik.
  It listens on loopback only, protects nothing and forgets what is not saved when it ends.
${addresses.map((line) => `  ${line}\n`).join('')}  Console:  ${consoleUrl}
  Ctrl+C ends it.

`

const tlsBanner = ({ caFile, spkiHash }: TlsTrust) => `  Trust:    NODE_EXTRA_CA_CERTS=${caFile}
            chromium --ignore-certificate-errors-spki-list=${spkiHash}

`

/** Keys that outlive the process, where somebody wants TLS or files for QRS and QPS. */
function keyFolders({ tls, tlsFolder, certificates }: SharedFlags) {
  const keys = { folder: resolve(tlsFolder ?? defaultTlsFolder) }
  return {
    ...(tls || tlsFolder !== undefined ? { tls: keys } : {}),
    ...(certificates === undefined ? {} : { authority: keys }),
  }
}

/** Writes the files for QRS and QPS, where they are wanted; an emulator that cannot is closed again. */
async function exportCertificates(
  folder: string | undefined,
  { certificates, close }: Pick<Emulators<readonly Product[]>, 'certificates' | 'close'>,
): Promise<void> {
  if (folder === undefined) return
  try {
    if (certificates === undefined)
      throw emulatorError('ERR_EMULATOR_CERTIFICATES', {
        folder,
        reason: 'no product that runs has QRS',
      })
    await certificates.exportTo(folder)
  } catch (error) {
    await close()
    throw error
  }
}

async function runProducts(
  commands: readonly [ProductCommand, ...ProductCommand[]],
  flags: SharedFlags,
  terminal: Terminal,
): Promise<void> {
  // Listened for from the start: who asks for the end while it begins gets it as soon as it has begun.
  const stopped = new Promise<void>((resolve) => terminal.onStop(resolve))
  const products = await plugIn(commands, flags)
  const emulators = await createEmulators({
    products,
    apps: await readApps(flags.data, flags.sectionAccess),
    ...(flags.adminKey === undefined ? {} : { adminKey: flags.adminKey }),
    ...keyFolders(flags),
  })
  const certificates = flags.certificates && resolve(flags.certificates)
  await exportCertificates(certificates, emulators)
  const { adminKey, consoleUrl, tls } = emulators
  const addresses = products.flatMap(({ name }) =>
    Object.entries(emulators.products[name]?.urls ?? {}).map(
      ([listener, url]) => [`${name}.${listener}`, url] as const,
    ),
  )
  const url = addresses[0]?.[1] ?? ''
  // A key that was given is not printed again; one that was made lets the console in at once.
  terminal.stderr(
    banner(
      products.map(({ title }) => title).join(' and '),
      addresses.map(([name, address]) => `${`${name}:`.padEnd(14)} ${address}`),
      flags.adminKey === undefined ? consoleUrl : consoleUrl.replace(/#.*$/, ''),
    ),
  )
  const trust = tls && { caFile: tls.caFile, spkiHash: tls.spkiHash }
  if (trust !== undefined) terminal.stderr(tlsBanner({ ...trust, caPem: '' }))
  // The first address alone where there is only one, each by its name where there are more.
  const urls = addresses.length > 1 ? { urls: Object.fromEntries(addresses) } : {}
  if (flags.json) {
    const report = {
      url,
      ...urls,
      adminKey,
      ...(trust === undefined ? {} : { tls: trust }),
      ...(certificates === undefined ? {} : { certificates }),
    }
    terminal.stdout(`${JSON.stringify(report)}\n`)
  } else {
    terminal.stdout(`url ${url}\n`)
    if (addresses.length > 1)
      for (const [name, address] of addresses) terminal.stdout(`url.${name} ${address}\n`)
    if (flags.adminKey === undefined) terminal.stdout(`admin-key ${adminKey}\n`)
    if (trust !== undefined)
      terminal.stdout(`ca-file ${trust.caFile}\nspki-hash ${trust.spkiHash}\n`)
    if (certificates !== undefined) terminal.stdout(`certificates ${certificates}\n`)
  }
  await stopped
  try {
    for (const { name, atEnd } of commands)
      await atEnd?.({ ...flags }, emulators.products[name]?.state)
  } finally {
    await emulators.close()
  }
}

const examples = `
Examples:
  $ jotgate-emulator cloud
  $ jotgate-emulator cloud --port 4900 --admin-key local-only --switch webSocketRefusal=close
  $ jotgate-emulator client-managed --virtual-proxy jwt=certificate.pem --certificates certificates
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
    .usage('<product...> [options]')
    .argument('[product...]', 'what to run, one or more products', collectProduct)
    .addHelpText(
      'after',
      `\nProducts:\n${productCommands.map(({ name, description }) => `  ${name}  ${description}\n`).join('')}`,
    )
    .addHelpText('after', examples.slice(1))
  const collectFile = (file: string, before: string[]) => [...before, file]
  for (const option of productCommands.flatMap(({ options }) => options)) program.addOption(option)
  return program
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
      `where its keys are kept; implies --tls (default: ${defaultTlsFolder})`,
    )
    .option(
      '--certificates <folder>',
      'write root.pem, client.pem and client_key.pem there, which QRS and QPS ask for',
    )
    .option(
      '--json',
      'print one line of JSON: {"url", "adminKey"}, "urls" for several listeners, "tls" where served, "certificates" where exported',
    )
    .action(async (commands: readonly ProductCommand[] | undefined, flags: SharedFlags) => {
      const [first, ...others] = commands ?? []
      if (first === undefined) return program.help({ error: true })
      refuseForeignOption(program, [first, ...others])
      await runProducts([first, ...others], flags, terminal)
    })
}

function toLines({ code, message, hint }: EmulatorError): string {
  return `error[${code}]: ${message}\nhint: ${hint}\n`
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
    else if (isEmulatorError(error)) terminal.stderr(toLines(error))
    else throw error
    return 1
  }
}

/** A reader that has gone has what it wanted. Where nobody can learn the address, there is no use in going on. */
function watchOutput({ stderr }: Terminal): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return
    stderr(toLines(emulatorError('ERR_EMULATOR_OUTPUT', { reason: code })))
    process.exit(1)
  })
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
  watchOutput(terminal)
  try {
    process.exitCode = await runCli(process.argv.slice(2), terminal)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    terminal.stderr(`A bug of jotgate-emulator, please report it:\n${text}\n`)
    process.exitCode = 70
  }
}
