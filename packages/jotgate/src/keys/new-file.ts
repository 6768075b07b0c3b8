import { type FileHandle, open } from 'node:fs/promises'
import { keyErrors } from './errors.ts'

/** `wx` is O_EXCL: it fails on whatever bears the name already, a dangling link included. */
export async function openNew(file: string, mode: number): Promise<FileHandle> {
  try {
    return await open(file, 'wx', mode)
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') throw keyErrors.ERR_KEY_EXISTS({ file }, { cause: error })
    throw error
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
