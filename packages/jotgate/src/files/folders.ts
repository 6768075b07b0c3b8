import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './system-error.ts'

/**
 * Makes a folder for its owner alone, and those above it, where they do not exist.
 *
 * Not by `recursive` of `mkdir`: it tries forever where the folder above exists and the system still says
 * ENOENT of the new one, as below /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOneFolder(folder)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await makeOneFolder(folder)
  }
}

async function makeOneFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const found = await stat(folder).catch(() => undefined)
    if (found?.isDirectory() !== true) throw error
  }
}

/** Writes a folder's names to the disk. Windows cannot open a folder and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
