import { type LogDisk, realDisk } from './log-file.ts'

/** A disk that counts, and that fails on demand. */
export interface WatchedDisk extends LogDisk {
  /** How often lines were written to the disk. */
  syncs: number
  /** How often a file was made. */
  creations: number
  /** What the next writes run into; `append` writes a half before it fails. */
  fault: 'none' | 'append' | 'sync' | 'create'
  /** Nothing is removed: neither files nor ends of them. */
  keepsTorn: boolean
}

/** The disk of this machine, watched. */
export function watchedDisk(): WatchedDisk {
  const failure = () => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
  const disk: WatchedDisk = {
    syncs: 0,
    creations: 0,
    fault: 'none',
    keepsTorn: false,
    async create(path) {
      if (disk.fault === 'create') throw failure()
      disk.creations += 1
      const file = await realDisk.create(path)
      return {
        ...file,
        async append(bytes) {
          if (disk.fault !== 'append') return file.append(bytes)
          await file.append(bytes.subarray(0, bytes.length / 2))
          throw failure()
        },
        async shorten(length) {
          if (!disk.keepsTorn) await file.shorten(length)
        },
        async sync() {
          disk.syncs += 1
          if (disk.fault === 'sync') throw failure()
          await file.sync()
        },
      }
    },
    async remove(path) {
      if (!disk.keepsTorn) await realDisk.remove(path)
    },
    syncFolder: realDisk.syncFolder,
  }
  return disk
}
