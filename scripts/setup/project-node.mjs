// The system's Node only has to get this far: install the packages, then hand over to the Node that
// the project pins (the npm package `node`), so that everything else runs on one known line.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install-packages.mjs'

const oldestMajor = 20
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Installs what is missing, then runs a TypeScript file on the project's own Node and ends with its
 * exit code. Signals reach the child; if this process dies, the child sees its channel close.
 *
 * @param {URL} script the file to run; the arguments of this process are passed on
 */
export function runUnderProjectNode(script) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < oldestMajor) {
    fail(`jotgate needs Node ${oldestMajor} or newer to start; this is ${process.version}.`)
  }
  installPackages({ root, fail })
  const node = join(
    root,
    'node_modules/node/bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (!existsSync(node)) {
    fail(
      'The npm package `node`, which brings the Node that jotgate runs on, has not run its install script: ' +
        'install scripts are switched off (ignore-scripts).\n' +
        'Run: npm rebuild node --ignore-scripts=false --foreground-scripts',
    )
  }
  const child = spawn(
    node,
    ['--conditions=jotgate-source', fileURLToPath(script), ...process.argv.slice(2)],
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl+C to the whole group, so the child has it already; kill(1) sends it to us alone.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`The project's Node could not be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? (constants.signals[signal] ?? 1) : 1))
  })
}

/**
 * @param {string} text what was wrong and what to do next
 * @returns {never}
 */
function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
