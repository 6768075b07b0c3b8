import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install-packages.mjs'
import { nodeBinary } from './node-binary.mjs'

/** A folder of its own: in the root these would take over `.bin/node`. */
const folder = fileURLToPath(new URL('other-nodes', import.meta.url))

/**
 * Installs the other Node lines that other-nodes/package.json names, and gives their programs.
 *
 * @throws Error when npm could not install them, or has none for this system
 */
export function installOtherNodes(majors: readonly number[]): { major: number; node: string }[] {
  if (majors.length === 0) return []
  const fail = (text: string): never => {
    throw new Error(text)
  }
  installPackages({ root: folder, fail })
  return majors.map((major) => {
    const node = nodeBinary(folder, `node-${major}`)
    if (existsSync(node)) return { major, node }
    return fail(
      `npm has no Node ${major} for ${process.platform} on ${process.arch}: see ${folder}`,
    )
  })
}
