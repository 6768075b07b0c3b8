import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFileWithin } from './read-file.ts'
import { isSystemError } from './system-error.ts'

/** What `watchFiles` takes. */
export interface WatchOptions {
  readonly files: readonly string[]
  /** Reads them. When it throws, they are read again each second until it does not. */
  load(): Promise<void>
  /** Told of each failure after the first load, and when a load has succeeded. */
  readonly onLoaded?: () => void
  readonly onFailure?: (error: unknown) => void
  /** How often they are looked at, in milliseconds. Default 1000. */
  readonly everyMs?: number
}

/** Files that are watched. */
export interface FileWatch {
  /** Looks at them now; resolves when what has changed is loaded. */
  check(): Promise<void>
  close(): void
}

/** Keys, certificates and settings are smaller. */
const maxBytes = 1_048_576
/** For so long, a file may have been written again without another time: some file systems count seconds. */
const freshMs = 3000
/** A file that is replaced makes several events. */
const hintMs = 50

/**
 * Loads files now, and again whenever one has changed: written over, replaced by a rename, or reached by a link that
 * leads elsewhere, as Kubernetes does it with secrets. The content counts, not the time of writing.
 *
 * They are looked at each second, which works on every file system; where the system tells of changes in their
 * folders, sooner. What was half written is loaded again when the rest has come.
 *
 * @throws what the first `load` throws; nothing is watched then
 */
export async function watchFiles(options: WatchOptions): Promise<FileWatch> {
  const { files, load, onLoaded, onFailure, everyMs = 1000 } = options
  let known = await look(files)
  await load()
  let hasFailed = false
  let checking: Promise<void> | undefined
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const loadAgain = async () => {
    try {
      await load()
      hasFailed = false
      onLoaded?.()
    } catch (error) {
      hasFailed = true
      onFailure?.(error)
    }
  }

  const checkNow = async () => {
    const now = await look(files, known)
    const isChanged = now.content !== known.content
    known = now
    if ((isChanged || hasFailed) && !isClosed) await loadAgain()
  }

  const check = (): Promise<void> => {
    checking ??= checkNow().finally(() => {
      checking = undefined
    })
    return checking
  }

  /** One timer for all: the next look is `ms` away, or sooner. */
  let nextAt = 0
  const schedule = (ms: number) => {
    const at = performance.now() + ms
    if (isClosed || (timer !== undefined && nextAt <= at)) return
    clearTimeout(timer)
    nextAt = at
    timer = setTimeout(() => {
      timer = undefined
      void check().finally(() => schedule(everyMs))
    }, ms)
    timer.unref()
  }

  const watchers = [...new Set(files.map((file) => dirname(file)))].flatMap((folder) =>
    watchFolder(folder, () => schedule(hintMs)),
  )
  schedule(everyMs)

  return {
    check,
    close() {
      isClosed = true
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}

/** Folders of some file systems tell nothing, and a system has only so many watchers: then the timer is enough. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent)
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    return []
  }
}

interface Look {
  /** What the system says of the files. */
  readonly state: string
  /** A hash of what is in them. */
  readonly content: string
  /** Whether one was written just now, so that `state` may stay though they change. */
  readonly isFresh: boolean
}

/** They are read only when something may have changed since the look before. */
async function look(files: readonly string[], before?: Look): Promise<Look> {
  const states = await Promise.all(files.map(stateOf))
  const state = states.map(({ text }) => text).join(' ')
  const isFresh = states.some(({ at }) => Math.abs(Date.now() - at) < freshMs)
  if (before !== undefined && before.state === state && !before.isFresh) return before
  const hash = createHash('sha256')
  for (const file of files) {
    const { bytes, refusal } = await readFileWithin(file, maxBytes)
    hash.update(bytes ?? `cannot be read: ${refusal?.reason}`).update('\0')
  }
  return { state, content: hash.digest('hex'), isFresh }
}

async function stateOf(file: string): Promise<{ text: string; at: number }> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file)
    return { text: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, at: Math.max(mtimeMs, ctimeMs) }
  } catch (error) {
    if (!isSystemError(error)) throw error
    return { text: error.code, at: 0 }
  }
}
