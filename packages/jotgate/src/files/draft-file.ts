import { randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from './folders.ts'
import { openNew } from './new-files.ts'

/** A file that is being written under another name beside its own. */
export interface DraftFile {
  write(content: string | Uint8Array): Promise<void>
  /**
   * Gives it its name: from now on it is there, whole.
   *
   * @param options.replace whether it may take the place of a file of that name; otherwise EEXIST is thrown
   */
  commit(options: { replace: boolean }): Promise<void>
  /** Removes it; nothing happens once it has its name. */
  discard(): Promise<void>
  /** The same at once, for a process that a signal ends. */
  discardSync(): void
}

/**
 * Begins a file that will be there whole or not at all, whatever happens meanwhile.
 *
 * @param file the name that it gets in the end; its folder must exist
 * @param mode its rights, such as 0o600
 */
export async function createDraftFile(file: string, mode: number): Promise<DraftFile> {
  const folder = dirname(file)
  const draft = join(folder, `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  const handle = await openNew(draft, mode)
  let isOpen = true
  let isThere = true
  const close = async () => {
    if (isOpen) await handle.close()
    isOpen = false
  }
  const discard = async () => {
    await close().catch(() => undefined)
    if (isThere) await unlink(draft).catch(() => undefined)
    isThere = false
  }
  return {
    write: (content) => handle.writeFile(content),
    async commit({ replace }) {
      try {
        await handle.sync()
        await close()
        if (replace) await rename(draft, file)
        else await renameToNew(draft, file, mode)
        isThere = false
      } catch (error) {
        await discard()
        throw error
      }
      await syncFolder(folder)
    },
    discard,
    discardSync() {
      try {
        if (isThere) unlinkSync(draft)
      } catch {
        // It has its name already.
      }
      isThere = false
    },
  }
}

/** The name is taken by an empty file first, which the draft then replaces: this needs no hard links. */
async function renameToNew(draft: string, file: string, mode: number): Promise<void> {
  await (await openNew(file, mode)).close()
  try {
    await rename(draft, file)
  } catch (error) {
    await unlink(file).catch(() => undefined)
    throw error
  }
}
