import { type FileHandle, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './folders.ts'

/** A file to make. */
export interface NewFile {
  readonly file: string
  /** Its rights, such as 0o600 for the owner alone. */
  readonly mode: number
}

/** Files whose names are taken and that are still empty. */
export interface NewFiles {
  /** Writes the files in the order in which they were named, and to the disk. All are removed when one fails. */
  write(contents: readonly (string | Uint8Array)[]): Promise<void>
  /** Removes the files, written or not. */
  discard(): Promise<void>
}

/**
 * Takes the names of one or several files before the slow part of making their contents, all or none.
 * Nothing is ever overwritten.
 *
 * @throws the system's error; its `code` is EEXIST and its `path` the file when a name is in use
 */
export async function createNewFiles(files: readonly NewFile[]): Promise<NewFiles> {
  const made: { file: string; handle: FileHandle }[] = []
  const discard = async () => {
    await Promise.all(
      made.splice(0).map(async ({ file, handle }) => {
        await handle.close().catch(() => undefined)
        await unlink(file).catch(() => undefined)
      }),
    )
  }
  const orDiscard = async (step: () => Promise<void>) => {
    try {
      await step()
    } catch (error) {
      await discard()
      throw error
    }
  }
  await orDiscard(async () => {
    for (const { file, mode } of files) made.push({ file, handle: await openNew(file, mode) })
  })
  return {
    discard,
    write: (contents) =>
      orDiscard(async () => {
        for (const [index, { handle }] of made.entries()) {
          await handle.writeFile(contents[index] ?? '')
          await handle.sync()
          await handle.close()
        }
        for (const folder of new Set(made.map(({ file }) => dirname(file))))
          await syncFolder(folder)
      }),
  }
}

/** `wx` is O_EXCL: it fails on whatever has the name already, a dangling link included. */
export function openNew(file: string, mode: number): Promise<FileHandle> {
  return open(file, 'wx', mode)
}
