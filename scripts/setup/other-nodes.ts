import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Brings another Node line from npm into a folder of its own: in the root it would take over `.bin/node`.
 *
 * @throws Error when npm could not install it
 */
export async function installNode(options: {
  major: number
  folder: string
  onStep: (text: string) => void
}): Promise<string> {
  const prefix = join(options.folder, String(options.major))
  const node = join(
    prefix,
    'node_modules/node/bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(node)) return node
  options.onStep(`Installing Node ${options.major} for its tests (npm i --prefix) …`)
  const errors = await runNpm([
    'install',
    `node@${options.major}`,
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--loglevel=error',
  ])
  if (!existsSync(node)) {
    throw new Error(`Node ${options.major} could not be installed: ${errors.trim()}`)
  }
  return node
}

function runNpm(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    })
    let errors = ''
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    npm.once('error', reject)
    npm.once('close', () => resolve(errors))
  })
}
