import { join } from 'node:path'

/**
 * Where npm puts the Node that the lock file names for this system and processor. A package for each
 * pair, with its hash in the lock file: the package `node` would fetch the same ones without it.
 *
 * @param {string} folder where `node_modules` is
 * @param {string} [prefix] how the package is called before the system's name
 */
export function nodeBinary(folder, prefix = 'node') {
  const isWindows = process.platform === 'win32'
  const system = isWindows ? 'win' : process.platform
  const name = `${prefix}-${system}-${process.arch}`
  return join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node')
}
