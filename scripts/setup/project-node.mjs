// The system's Node only has to get this far: install the packages, then hand over to the Node that
// the project pins, so that everything else runs on one known line.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install-packages.mjs'
import { nodeBinary } from './node-binary.mjs'

const oldestMajor = 20
/** The oldest Node that runs everything; packages/jotgate/package.json says the same. */
const oldestOwn = '22.19'
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
  const node = findNode(root)
  if (node === undefined) {
    fail(
      `npm did not install the project's own Node for ${process.platform} on ${process.arch}, ` +
        `and this is ${process.version}.\n` +
        'If npm is set to omit optional packages, run: npm ci --include=optional\n' +
        `Otherwise install Node ${oldestOwn} or newer (https://nodejs.org) and start again.`,
    )
  }
  const child = spawn(
    node,
    ['--conditions=jotgate-source', fileURLToPath(script), ...process.argv.slice(2)],
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
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
 * The project's own Node. The registry has none for every system: elsewhere the one that runs this
 * takes its place, if it is new enough.
 *
 * @param {string} folder where `node_modules` is
 * @param {{ execPath: string, versions: { node: string } }} [current]
 * @returns {string | undefined}
 */
export function findNode(folder, current = process) {
  const own = nodeBinary(folder)
  if (existsSync(own)) return own
  const isNewEnough = current.versions.node.localeCompare(oldestOwn, 'en', { numeric: true }) >= 0
  return isNewEnough ? current.execPath : undefined
}

/**
 * @param {string} text what was wrong and what to do next
 * @returns {never}
 */
function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
