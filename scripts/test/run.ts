import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  type Failure,
  firstLine,
  readFailures,
  readUnhandledErrors,
  type VitestReport,
} from './failures.ts'

export interface Outcome {
  name: string
  passed: number
  failed: number
  skipped: number
  seconds: number
  failures: readonly Failure[]
}

const maxShownLength = 1_000_000

interface Command {
  name: string
  command: string
  args: readonly string[]
  root: string
  environment: NodeJS.ProcessEnv
}

/** Runs steps at the same time, one for each processor. The results keep their order. */
export async function runSideBySide<T>(steps: readonly (() => Promise<T>)[]): Promise<T[]> {
  const outcomes: T[] = []
  // One iterator for all: each worker takes the next step.
  const waiting = steps.entries()
  const takeSteps = async () => {
    for (const [index, step] of waiting) outcomes[index] = await step()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, takeSteps))
  return outcomes
}

/** Runs a checking tool; counts as one test. Its output is shown when it fails. */
export async function runCommand(command: Command): Promise<Outcome> {
  const { code, output, seconds } = await run(command, 'collect')
  if (code !== 0) process.stdout.write(`\n${command.name}:\n${output}\n`)
  return {
    name: command.name,
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    seconds,
    failures: code === 0 ? [] : [{ name: command.name, error: firstLine(output) }],
  }
}

/** Runs vitest on a given Node and counts its tests; a run without tests has failed. */
export async function runVitest(options: {
  name: string
  node: string
  projects: readonly string[]
  root: string
  environment: NodeJS.ProcessEnv
}): Promise<Outcome> {
  const report = join(options.root, '.cache', `${options.name.replace(/\W+/g, '-')}.json`)
  rmSync(report, { force: true })
  const { code, output, seconds } = await run(
    {
      name: options.name,
      command: options.node,
      args: [
        join(options.root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...options.projects.map((project) => `--project=${project}`),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      root: options.root,
      environment: options.environment,
    },
    'show',
  )
  const counts: VitestReport = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  const passed = counts.numPassedTests ?? 0
  const failures = readFailures(counts, options.root)
  if (code !== 0) failures.push(...readUnhandledErrors(output))
  if (failures.length === 0 && (code !== 0 || passed === 0))
    failures.push({ name: options.name, error: `vitest ended with code ${code}` })
  return {
    name: options.name,
    passed,
    // A file that does not load, or an unhandled error, fails the run without failing a test.
    failed: Math.max(counts.numFailedTests ?? 0, failures.length),
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
    seconds,
    failures,
  }
}

/** Gives what the command said: all of it, or of a command whose output is shown the end of its errors. */
function run(
  { command, args, root, environment }: Command,
  output: 'collect' | 'show',
): Promise<{ code: number; output: string; seconds: number }> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const isShown = output === 'show'
    const child = spawn(command, args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', isShown ? 'inherit' : 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (!isShown) return
        process.stderr.write(chunk)
        text = text.slice(-maxShownLength)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output: text, seconds: (performance.now() - startedAt) / 1000 })
    })
  })
}
