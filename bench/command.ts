/**
 * How long one token from the command line takes, whole process, as it is published, beside `node -e 0`.
 * Run it: `node -C jotgate-source bench/command.ts [rounds]`. It prints the ratio of the medians; the goal is 2.0.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { buildPackages } from '../scripts/build/build-packages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = Number(process.argv[2] ?? 20)
const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-command-'))

function timeOf(args: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const took = performance.now() - started
  if (status !== 0) throw new Error(`It ended with ${status}: ${stderr}`)
  return took
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

try {
  const problems = await buildPackages({ root, outDir: (name) => join(folder, name, 'dist') })
  if (problems !== '') throw new Error(problems)
  const home = join(folder, 'jotgate')
  for (const name of ['bin', 'package.json'])
    cpSync(join(root, 'packages/jotgate', name), join(home, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const bin = join(home, 'bin/jotgate.js')
  timeOf([bin, 'keys', 'create', '--bits', '2048'])
  const key = ['--for', 'cloud', '--issuer', 'acme', '--key', 'keys/qlik.pem']
  const user = [
    '--subject',
    '1',
    '--name',
    'A',
    '--email',
    'a@b.example',
    '--email-verified',
    'true',
  ]
  const token = [bin, 'token', 'create', ...key, ...user]
  // In turns, so that what else this machine does falls on both.
  const pairs = Array.from({ length: rounds }, () => [timeOf(['-e', '0']), timeOf(token)] as const)
  const [empty, made] = [0, 1].map((side) => median(pairs.map((pair) => pair[side] ?? 0)))
  console.log(`node -e 0: ${empty?.toFixed(0)} ms; one token: ${made?.toFixed(0)} ms`)
  console.log(`ratio ${((made ?? 0) / (empty ?? 1)).toFixed(2)} (goal 2.0), ${rounds} rounds each`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
