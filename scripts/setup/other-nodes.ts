import { spawnSync } from 'node:child_process'
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
  const install = spawnSync(
    'npm',
    [
      'install',
      `node@${options.major}`,
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      '--no-save',
      '--loglevel=error',
    ],
    { encoding: 'utf8', shell: process.platform === 'win32' },
  )
  if (!existsSync(node)) {
    throw new Error(`Node ${options.major} could not be installed: ${install.stderr.trim()}`)
  }
  return node
}
