import { type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { syncFolder } from '../../files/index.ts'

/** One file of the log, which only grows. */
export interface LogFile {
  append(bytes: Uint8Array): Promise<void>
  /** Resolves when everything would survive a power cut. */
  sync(): Promise<void>
  /** Whether its name still leads to it, and it is as long as what was written. */
  isIntact(length: number): Promise<boolean>
  /** Removes what stands behind `length` bytes, where there is more. */
  shorten(length: number): Promise<void>
  close(): Promise<void>
}

/** What touches the disk; tests replace it to count and to fail. */
export interface LogDisk {
  /** Makes a new file, for its owner alone. @throws the system's error; EEXIST when the name is in use */
  create(path: string): Promise<LogFile>
  remove(path: string): Promise<void>
  /** Writes a folder's names to the disk. */
  syncFolder(folder: string): Promise<void>
}

/** The disk of this machine. */
export const realDisk: LogDisk = {
  async create(path) {
    // With O_EXCL nothing that is there is taken, a link or a pipe included; with O_APPEND a file that somebody
    // has shortened gets no hole.
    return toLogFile(path, await open(path, 'ax', 0o600))
  },
  remove: unlink,
  syncFolder: (folder) => syncFolder(folder),
}

/** An open file as one of the log. */
export function toLogFile(path: string, handle: FileHandle): LogFile {
  return {
    async append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, at)
        at += bytesWritten
      }
    },
    sync: () => handle.datasync(),
    async isIntact(length) {
      const [own, named] = await Promise.all([
        handle.stat({ bigint: true }),
        stat(path, { bigint: true }).catch(() => undefined),
      ])
      return named?.ino === own.ino && named.dev === own.dev && own.size === BigInt(length)
    },
    async shorten(length) {
      if ((await handle.stat()).size > length) await handle.truncate(length)
    },
    close: () => handle.close(),
  }
}
