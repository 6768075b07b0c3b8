import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const oldestNpmMajor = 9

/**
 * Runs `npm ci` unless the installed packages are those of the lock file.
 *
 * @param {{ root: string, fail: (text: string) => never }} options
 */
export function installPackages({ root, fail }) {
  const lockFile = join(root, 'package-lock.json')
  const lock = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  const marker = join(root, 'node_modules/.jotgate-lock')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return
  if (!isInstalledByHand(root, lockFile)) runNpmCi({ root, fail })
  writeFileSync(marker, lock)
}

/**
 * `npm ci` or `npm install` writes this file last, so if it is newer than our lock file, it was made from it.
 *
 * @param {string} root
 * @param {string} lockFile
 */
function isInstalledByHand(root, lockFile) {
  const written = join(root, 'node_modules/.package-lock.json')
  return (
    !existsSync(join(root, 'node_modules/.jotgate-lock')) &&
    existsSync(written) &&
    statSync(written).mtimeMs >= statSync(lockFile).mtimeMs
  )
}

/** @param {{ root: string, fail: (text: string) => never }} options */
function runNpmCi({ root, fail }) {
  const npm = npmCommand()
  const version = spawnSync(npm.command, [...npm.args, '--version'], {
    encoding: 'utf8',
    shell: npm.shell,
  })
  const major = Number(String(version.stdout).trim().split('.')[0])
  if (version.status !== 0 || Number.isNaN(major)) {
    fail('npm was not found. Install it with Node (https://nodejs.org) and start again.')
  }
  if (major < oldestNpmMajor) {
    fail(
      `npm ${oldestNpmMajor} or newer is needed; this is ${version.stdout.trim()}. Run: npm install -g npm@latest`,
    )
  }
  process.stderr.write('Installing packages (npm ci): about a minute the first time …\n')
  const install = spawnSync(
    npm.command,
    [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    // The packages say which Node they run on; it is the project's own, not the one that installs them.
    {
      cwd: root,
      encoding: 'utf8',
      shell: npm.shell,
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  if (install.status === 0) return
  const output = String(install.stderr ?? '')
  const unreachable =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/
  if (unreachable.test(output)) {
    fail(
      'The npm registry cannot be reached. Packages are needed once: connect to a network, or set npm’s `registry` or `proxy`, and start again.',
    )
  }
  if (/ENOSPC/.test(output))
    fail('The disk is full: npm ci needs about 600 MB. Free some space and start again.')
  fail(`npm ci failed:\n${output.trim().split('\n').slice(0, 12).join('\n')}`)
}

/** The npm that started us, so that a second one on the PATH does not write another lock file. */
function npmCommand() {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('.js') && existsSync(cli)) {
    return { command: process.execPath, args: [cli], shell: false }
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' }
}
