import { randomInt } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { buildPortalPages } from '../pages/portal-pages.ts'
import { ensureChromium } from '../setup/chromium.ts'
import { ensureLanguages, languages } from '../setup/languages.ts'
import { installOtherNodes } from '../setup/other-nodes.ts'
import { ensureShellTools } from '../setup/shell-tools.ts'
import { describeFailures } from './failures.ts'
import { type Outcome, runCommand, runSideBySide, runVitest } from './run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const binaries = join(root, 'node_modules')
const isLong = process.argv.includes('--long')
const scale = isLong ? 20 : 1
const say = (text: string) => process.stderr.write(`${text}\n`)

// The same inputs in each run, so that a failure means a change. The long run draws new ones.
const seed = process.env.JOTGATE_TEST_SEED ?? (isLong ? String(randomInt(2 ** 31)) : '101')
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  JOTGATE_TEST_SEED: seed,
  // How many times their usual counts the property tests run.
  JOTGATE_TEST_SCALE: String(scale),
  // A test of a command starts it again for each line; what Node made of the sources is kept.
  NODE_COMPILE_CACHE: join(root, '.cache/compile'),
}

/** Sets up what the tests need, then checks and tests everything; the last line counts the tests. */
async function main(): Promise<number> {
  say(`Seed ${seed} (again with JOTGATE_TEST_SEED=${seed})`)
  environment.JOTGATE_CHROMIUM = ensureChromium(say)
  ensureShellTools(say)
  ensureLanguages(Object.values(languages), say)
  mkdirSync(join(root, '.cache'), { recursive: true })
  const otherNodes = installOtherNodes(process.env.CI ? [22, 26] : [])

  const node = process.execPath
  const tool = (name: string, file: string, ...args: string[]) =>
    runCommand({ name, command: node, args: [join(binaries, file), ...args], root, environment })
  const projects = readdirSync(root).flatMap(
    (name) => /^tsconfig\.(?!base\.)(\w+)\.json$/.exec(name)?.[1] ?? [],
  )
  const types = (project: string) =>
    tool(`types, ${project}`, 'typescript/bin/tsc', '-p', `tsconfig.${project}.json`)
  say('Linter, types and unused code …')
  const [checks] = await Promise.all([
    runSideBySide([
      () => tool('linter', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
      ...projects.map((project) => () => types(project)),
      () => tool('unused code', 'knip/bin/knip.js'),
    ]),
    buildPortalPages(),
  ])
  const outcomes = [
    ...checks,
    await runVitest({ name: 'tests', node, projects: [], root, environment }),
  ]
  for (const other of otherNodes) {
    outcomes.push(
      await runVitest({
        name: `unit tests, Node ${other.major}`,
        node: other.node,
        projects: ['unit'],
        root,
        // Only the Node is new there: the inputs were tested above, and a sample is enough.
        environment: { ...environment, JOTGATE_TEST_SCALE: String(scale / 20) },
      }),
    )
  }
  return report(outcomes)
}

function report(outcomes: readonly Outcome[]): number {
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0)
  process.stdout.write('\n')
  for (const { name, passed, failed, skipped, seconds } of outcomes) {
    const mark = failed > 0 ? styleText('red', '✖') : styleText('green', '✔')
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`
    process.stdout.write(
      `${mark} ${name.padEnd(22)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${counts}\n`,
    )
  }
  const skipped = sum((outcome) => outcome.skipped)
  const failed = sum((outcome) => outcome.failed)
  const named = describeFailures(
    outcomes.flatMap(({ name, failures }) =>
      failures.map(({ error, ...failure }) => ({ name: `${name}: ${failure.name}`, error })),
    ),
  )
  if (named.length > 0) process.stdout.write(`\n${named.join('\n')}\n`)
  if (skipped > 0) process.stdout.write(`\n${skipped} skipped on this machine or Node\n`)
  process.stdout.write(`\n${sum((outcome) => outcome.passed)} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.stdout.write('\n0 passed, 1 failed\n')
  process.exitCode = 1
}
