import { randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isJotgateError } from '../errors/index.ts'
import { cliErrors } from './errors.ts'
import { type Result, reasonOf } from './result.ts'

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A new file beside the one that is meant takes its place when it is whole: for its owner alone. */
export function toFile(file: string): Result {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  let handle: FileHandle | undefined
  let isNew = false
  const attempt = async <Value>(step: () => Promise<Value>): Promise<Value> => {
    try {
      return await step()
    } catch (error) {
      await discard()
      if (isJotgateError(error)) throw error
      const reason = reasonOf(error)
      if (isNew && reason === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
      throw cliErrors.ERR_CLI_OUT({ file, reason }, { cause: error })
    }
  }
  const draftHandle = async () => {
    if (handle === undefined) {
      await refuseOther(file)
      handle = await open(draft, 'wx', 0o600)
      for (const signal of interruptions) process.on(signal, end)
    }
    return handle
  }
  /** Half a batch of tokens, in a file that no folder shows, would be found by whoever looks for such. */
  const end = (signal: NodeJS.Signals) => {
    try {
      unlinkSync(draft)
    } catch {
      // It has its name already.
    }
    unlisten()
    process.kill(process.pid, signal)
  }
  const unlisten = () => {
    for (const signal of interruptions) process.off(signal, end)
  }
  const discard = async () => {
    unlisten()
    if (handle === undefined) return
    await handle.close().catch(() => undefined)
    await unlink(draft).catch(() => undefined)
    handle = undefined
  }
  return {
    write: (text) => attempt(async () => (await draftHandle()).writeFile(text)),
    async mustBeNew() {
      isNew = true
      const isThere = await lstat(file).then(Boolean, () => false)
      if (isThere) throw cliErrors.ERR_CLI_EXISTS({ file })
    },
    commit: () =>
      attempt(async () => {
        const made = await draftHandle()
        await made.sync()
        await made.close()
        // Somebody may have come first since; the name is taken, then its empty file replaced.
        if (isNew) await (await open(file, 'wx', 0o600)).close()
        await rename(draft, file)
        unlisten()
      }),
    abandon: discard,
  }
}

/**
 * What a new file would take the place of: for root even /dev/null or /dev/stdout, which then is a file of
 * everybody's results until the machine starts again.
 */
async function refuseOther(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined)
  const kind = found?.isSymbolicLink() ? 'a link' : 'a device or pipe'
  if (found !== undefined && !found.isFile() && !found.isDirectory())
    throw cliErrors.ERR_CLI_OUT({ file, reason: `it is ${kind}, and no plain file` })
}
