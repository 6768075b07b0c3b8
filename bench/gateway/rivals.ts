import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningServer, startProgram } from './processes.ts'

/** The proxies for Node that people use. They are installed for the run alone: the project does not depend on them. */
export const rivals = ['http-proxy', 'http-proxy-3', '@fastify/http-proxy'] as const

export type Rival = (typeof rivals)[number]

const packages = [
  'http-proxy@1.18.1',
  'http-proxy-3@2.0.1',
  '@fastify/http-proxy@11.6.3',
  'fastify@5.12.8',
]

/** Installs them in a folder, with nginx and wrk by apt-get where they are missing and this user may. */
export function installRivals(folder: string): void {
  const missing = ['nginx', 'wrk'].filter((name) => spawnSync(name, ['-v']).error !== undefined)
  if (missing.length > 0) run('apt-get', ['install', '-y', '--no-install-recommends', ...missing])
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent']
  run('npm', ['install', ...options, '--prefix', folder, ...packages])
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`)
}

/** Starts one, as its documentation has it, with connections that stay. */
export async function startRival(
  folder: string,
  name: Rival,
  upstreamPort: number,
): Promise<RunningServer> {
  const program = await startProgram('rival-server', { folder, name, upstreamPort })
  const { port } = await program.ask<{ port: number }>({ port: true })
  return { ...program, port }
}
