import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

const registryVariables = /^(https?_proxy|no_proxy|npm_config_.*|node_extra_ca_certs|ssl_cert_.*)$/i
const installed = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** What one line for the shell left behind. */
export interface Ended {
  exitCode: number | null
  out: string
  err: string
}

/** A program that goes on running. */
export interface Running {
  /** Waits until what it said matches; gives what the first group caught. */
  until(pattern: RegExp): Promise<string>
}

/** Somebody with a folder and a shell, who follows a guide. All packages are installed further up. */
export interface Newcomer {
  folder: string
  write(file: string, content: string): Promise<void>
  run(line: string, env?: Record<string, string>): Promise<Ended>
  /** Starts what goes on running. */
  start(line: string, env?: Record<string, string>): Running
  close(): Promise<void>
}

/** A newcomer for whom everything is installed already, as the lock file has it. */
export async function createNewcomer(): Promise<Newcomer> {
  const packed = inject('packedFolder')
  const apps = join(packed, 'apps')
  await mkdir(apps, { recursive: true })
  const folder = await mkdtemp(join(apps, 'app-'))
  // npx looks for a command in the folder alone, and then asks the registry.
  const commands = join(folder, '.npx')
  await mkdir(commands)
  await writeFile(join(commands, 'npx'), '#!/bin/sh\nexec "$@"\n')
  await chmod(join(commands, 'npx'), 0o755)
  return newcomerIn(folder, [commands, join(packed, 'node_modules/.bin'), join(installed, '.bin')])
}

/** A newcomer with an empty folder far from the project, who installs everything from the registry. */
export async function createRegistryNewcomer(): Promise<Newcomer> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-newcomer-'))
  const newcomer = newcomerIn(folder, [dirname(process.execPath)])
  // What this machine needs on its way to the registry.
  const way = Object.entries(process.env).flatMap(([name, value = '']) =>
    registryVariables.test(name) ? [[name, value]] : [],
  )
  // Our packages are not published yet: their files stand for them.
  const files = inject('packedFiles')
  const withFiles = (line: string) =>
    line.startsWith('npm install ')
      ? line.replaceAll(/(?<= )jotgate(-emulator)?(?= |$)/g, (name) => files[name] ?? name)
      : line
  return {
    ...newcomer,
    run: (line, env) => newcomer.run(withFiles(line), { ...Object.fromEntries(way), ...env }),
  }
}

function newcomerIn(folder: string, bins: readonly string[]): Newcomer {
  const running: ChildProcess[] = []
  const launch = (line: string, env: Record<string, string> = {}) => {
    const { PATH = '', HOME = '' } = process.env
    // What runs these tests has the project's own commands there.
    const own = PATH.split(delimiter).filter((one) => !one.includes('node_modules'))
    return spawn('/bin/sh', ['-c', line], {
      cwd: folder,
      env: { HOME, PATH: [...bins, ...own].join(delimiter), NO_UPDATE_NOTIFIER: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  }
  return {
    folder,
    async write(file, content) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), content)
    },
    async run(line, env) {
      const child = launch(line, env)
      const closed = once(child, 'close')
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      const [exitCode] = (await closed) as [number | null]
      return { exitCode, out, err }
    },
    start(line, env) {
      const child = launch(line, env)
      running.push(child)
      return listenTo(child)
    },
    async close() {
      await Promise.all(running.map(end))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function listenTo(child: ChildProcess): Running {
  let said = ''
  let isOver = false
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      tell()
    })
  child.once('close', () => {
    isOver = true
    tell()
  })
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(said)
          if (found === null && !isOver) return
          listeners.delete(look)
          if (found === null) reject(new Error(`It ended, and said: ${said}`))
          else resolve(found[1] ?? '')
        }
        listeners.add(look)
        look()
      }),
  }
}

/** Ends a shell with everything that it started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const closed = once(child, 'close')
  process.kill(-child.pid, 'SIGTERM')
  await closed
}
