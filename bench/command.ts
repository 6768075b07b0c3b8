/**
 * How long a command takes, whole process, as it is published, beside `node -e 0` on the same Node.
 * Run it: `npm run bench -- command`; with `--rounds 20` (fewer than 40) it shows figures without
 * writing docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildPackages } from '../scripts/build/build-packages.ts'
import { writeFigures } from './benchmarks-page.ts'
import { machineName } from './signing/machine.ts'
import { span } from './signing/table.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '60' } },
})
const rounds = Number(values.rounds)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-command-'))

// Certificates that Node reads at start, and whatever else would change both sides or one.
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_|JOTGATE_|npm_)/.test(name)),
  ),
  // Where the command keeps compiled code, as it would below the user's home.
  XDG_CACHE_HOME: folder,
  LOCALAPPDATA: folder,
}
const keepNothing = { NODE_DISABLE_COMPILE_CACHE: '1' }

function run(args: readonly string[], more: object = {}): { ms: number; stdout: string } {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...environment, ...more },
  })
  const ms = performance.now() - started
  if (status !== 0) throw new Error(`It ended with ${status}: ${stderr}`)
  return { ms, stdout }
}

/** The package as npm would lay it out, with the libraries beside it. */
async function installPublished(): Promise<string> {
  const problems = await buildPackages({ root, outDir: (name) => join(folder, name, 'dist') })
  if (problems !== '') throw new Error(problems)
  const home = join(folder, 'jotgate')
  for (const name of ['bin', 'package.json', 'config.schema.json'])
    cpSync(join(root, 'packages/jotgate', name), join(home, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(home, 'bin/jotgate.js')
}

/** In turns, so that what else this machine does falls on both; a ratio is taken within its pair. */
function measure(args: readonly string[], more: object = {}): string {
  const pairs = Array.from({ length: rounds }, () => ({
    empty: run(['-e', '0']).ms,
    made: run(args, more).ms,
  }))
  const ratios = pairs.map(({ empty, made }) => made / empty)
  const cells = [pairs.map(({ made }) => made), pairs.map(({ empty }) => empty)]
  return [...cells.map((ms) => span(ms, 0)), `**${span(ratios, 2)}**`].join(' | ')
}

function figures(bin: string): string {
  run([bin, 'keys', 'create', '--bits', '2048'])
  const key = ['--for', 'cloud', '--issuer', 'acme', '--key', 'keys/qlik.pem']
  const user = ['--subject', '1', '--name', 'A', '--email', 'a@b.example']
  const token = [bin, 'token', 'create', ...key, ...user, '--email-verified', 'true']
  const text = run(token).stdout.trim()
  const commands = [
    ['jotgate token create, RSA-2048', token],
    ['the same with nothing kept of earlier runs', token, keepNothing],
    ['jotgate token inspect', [bin, 'token', 'inspect', text]],
    ['jotgate --version', [bin, '--version']],
  ] as const
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machineName()}; Node ${process.versions.node}. ${rounds} pairs each.`,
    '',
    '| | ms | `node -e 0` beside it, ms | ratio within the pair |',
    '|---|---|---|---|',
    ...commands.map(([name, args, more]) => `| ${name} | ${measure(args, more)} |`),
    '',
  ].join('\n')
}

try {
  const text = figures(await installPublished())
  process.stdout.write(`${text}\n`)
  // Fewer rounds are for a look.
  if (rounds >= 40) writeFigures('command', text)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
