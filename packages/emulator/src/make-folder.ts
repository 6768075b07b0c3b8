import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

/**
 * Makes a folder for its owner alone, and those above it that are missing.
 *
 * Node's recursive `mkdir` never ends below /proc: the folder above is there, and the new one is still ENOENT.
 *
 * @throws the system's error, such as EEXIST when a file has its name
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return
  const above = dirname(folder)
  if (above !== folder) await makeFolder(above)
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!(await isFolder(folder))) throw error
  }
}
