// `jotgate gateway` as a child process, in a folder with its configuration.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url))

/** Starts it; resolves when it says that it listens. */
export async function startGateway(folder: string, args: readonly string[] = []) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, 'gateway', ...args], {
    cwd: folder,
    env: { PATH, HOME },
  })
  const said = { out: '', err: '' }
  const closed = once(child, 'close')
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  const listens = new Promise<void>((resolve) =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
      if (said.err.includes('listens at')) resolve()
    }),
  )
  await Promise.race([listens, closed.then(() => Promise.reject(new Error(said.err)))])
  return {
    said,
    /** @returns exit code and signal */
    async end(signal: NodeJS.Signals) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return closed
    },
  }
}
