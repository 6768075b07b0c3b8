import { readFileSync } from 'node:fs'
import { escapeForTerminal } from '../values/index.ts'
import type { Call, CommandSpec } from './command.ts'
import { isOn, nameOfOption } from './command.ts'
import { commands } from './commands.ts'
import { cliErrors } from './errors.ts'
import { type Asked, findCommand, listOfCommands } from './find-command.ts'
import { abortOnSignals, interrupted, orInterrupted } from './interruption.ts'
import { layoutFor } from './layout.ts'
import { packageFolder } from './package-folder.ts'
import { gatherProblems } from './problems.ts'
import { type Reading, readValues } from './read-values.ts'
import { reportError } from './report-error.ts'
import { closedPipe, type Result, toStdout } from './result.ts'
import { createSafeTerminal } from './safe-terminal.ts'
import { endProcess, processTerminal, type Terminal } from './terminal.ts'

/**
 * Runs one command line; resolves with its exit code on every path.
 *
 * @param signal interrupts the command; what it had begun is cleaned up before this resolves, with 130
 */
export async function runCli(
  args: readonly string[],
  given: Terminal,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  const terminal = createSafeTerminal(given)
  // Before anything is read: an error in the command line is told in the form that was asked for.
  const asJson = args.includes('--json') || isOn(terminal.environment.JOTGATE_JSON ?? '') === true
  try {
    const asked = findCommand(args)
    return await act(asked, terminal, signal)
  } catch (error) {
    if (error === closedPipe) return 0
    if (error === interrupted || signal.aborted) return 130
    return await reportError(error, terminal, asJson)
  }
}

async function act(asked: Asked, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const stdout = toStdout(terminal)
  if (asked.kind === 'version') await stdout.write(`${jotgateVersion()}\n`)
  else if (asked.kind === 'help') await stdout.write(listOfCommands(asked.group))
  else {
    const spec = await asked.entry.load()
    if (asked.rest.some((word) => word === '--help' || word === '-h')) {
      const { helpOf } = await import('./commander-line.ts')
      await stdout.write(helpOf(spec))
    } else return runCommand(spec, asked.rest, terminal, signal)
  }
  return 0
}

async function runCommand(
  spec: CommandSpec,
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const problems = gatherProblems({ refuse: refusalOf(spec) })
  const reading = await problems.attempt(() => readValues(spec, args, terminal.environment))
  await problems.attempt(() => checkVariables(terminal))
  problems.tell()
  if (reading === undefined) throw new Error('Nothing was read, and no problem was told')
  const result = await createResult(spec, reading, terminal)
  try {
    const run = spec.run(toCall(spec, reading, result, terminal, signal))
    const outcome = await (spec.endsOnSignal ? run : orInterrupted(signal, run))
    const { text, json, exitCode = 0, next } = outcome
    // What was written while it was made has no JSON left to print.
    const isJson = reading.values.isOn('json') && json !== undefined
    const written = isJson ? `${JSON.stringify(json)}\n` : text
    if (written !== '') await result.write(written)
    await result.commit()
    if (next !== undefined) terminal.writeErr(`${next}\n`)
    return exitCode
  } catch (error) {
    await result.abandon()
    throw error
  }
}

/** The file that was asked for, or stdout. */
async function createResult(
  { options }: CommandSpec,
  { values }: Reading,
  terminal: Terminal,
): Promise<Result> {
  const takesFile = options.some(({ flags }) => flags === '--out <file>')
  const file = takesFile ? values.text('out') : undefined
  if (file === undefined) return toStdout(terminal)
  // Loaded only here: most commands write to stdout.
  const { toFile } = await import('./result-file.ts')
  return toFile(file)
}

const refusalOf =
  ({ name }: CommandSpec): Call['refuse'] =>
  (...problems) =>
    cliErrors.ERR_CLI_USAGE({ command: `jotgate ${name}`, problems })

function toCall(
  spec: CommandSpec,
  reading: Reading,
  result: Result,
  terminal: Terminal,
  signal: AbortSignal,
): Call {
  const command = `jotgate ${spec.name}`
  const refuse = refusalOf(spec)
  let reader: string | undefined
  for (const { flags, secret } of spec.options) {
    if (secret && reading.values.source(nameOfOption(flags)) === 'flag')
      terminal.writeErr(
        `warning: what stands behind ${flags.split(' ')[0]} is seen by everybody on this machine, in the list of processes\n`,
      )
  }
  return {
    command,
    terminal,
    values: reading.values,
    operands: reading.operands,
    result,
    clock: Date.now,
    signal,
    // Painted nowhere, so a style in it comes from outside too.
    note(text) {
      const { wrap } = layoutFor(terminal, 'stderr')
      terminal.writeErr(`${wrap(escapeForTerminal(text, { keepLines: true }))}\n`)
    },
    stdin(option) {
      if (reader !== undefined)
        throw refuse(`${reader} and ${option} cannot both read the standard input`)
      reader = option
      return terminal.stdin
    },
    allCommands: () => Promise.all(commands.map(({ load }) => load())),
    refuse,
  }
}

/** A variable that no command knows is a mistyped one: what it was meant to say would not hold. */
async function checkVariables({ environment }: Terminal): Promise<void> {
  const ours = Object.keys(environment).filter((name) => name.startsWith('JOTGATE_'))
  if (ours.length === 0) return
  const { checkVariableNames } = await import('./check-variables.ts')
  await checkVariableNames(ours)
}

function jotgateVersion(): string {
  const text = readFileSync(new URL('package.json', packageFolder), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Runs the command for this process. */
export async function main(): Promise<void> {
  const signal = abortOnSignals()
  const exitCode = await runCli(process.argv.slice(2), processTerminal(signal), signal)
  // So that a shell sees what ended it. A command that ran until the signal has ended as it should.
  if (signal.aborted && exitCode === 130) process.kill(process.pid, signal.reason)
  endProcess(exitCode)
}
