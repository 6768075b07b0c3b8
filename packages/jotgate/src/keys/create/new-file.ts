import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { keyErrors } from '../errors.ts'

/** `wx` is O_EXCL: it fails on whatever bears the name already, a dangling link included. */
export async function openNew(file: string, mode: number): Promise<FileHandle> {
  try {
    return await open(file, 'wx', mode)
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') throw keyErrors.ERR_KEY_EXISTS({ file }, { cause: error })
    throw error
  }
}

/**
 * Makes a folder for its owner alone, and those above it, where they do not exist.
 *
 * Not by `recursive` of `mkdir`, which tries for ever where the folder above is there and the system says
 * of the new one that there is no such place, as below /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOneFolder(folder)
  } catch (error) {
    if (reasonOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await makeOneFolder(folder)
  }
}

async function makeOneFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const isThere = (await stat(folder).catch(() => undefined))?.isDirectory()
    if (isThere !== true) throw error
  }
}

export async function writeThrough(
  handle: FileHandle,
  content: string | Uint8Array,
): Promise<void> {
  await handle.writeFile(content)
  await handle.sync()
}

/** So that the names are on the disk too. Windows cannot open a folder, and needs it not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
