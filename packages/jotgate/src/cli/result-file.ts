import { lstat } from 'node:fs/promises'
import { isJotgateError } from '../errors/index.ts'
import { createDraftFile, type DraftFile, systemCode } from '../files/index.ts'
import { cliErrors } from './errors.ts'
import { interrupted } from './interruption.ts'
import type { Result } from './result.ts'

/** A result that is there whole or not at all, for its owner alone. */
export function toFile(file: string): Result {
  let begun: Promise<DraftFile> | undefined
  let isNew = false
  let isAbandoned = false
  const draft = async () => {
    // An interrupted command may still go on for a moment.
    if (isAbandoned) throw interrupted
    begun ??= begin(file)
    return begun
  }
  const abandon = async () => {
    isAbandoned = true
    await begun?.then(
      (one) => one.discard(),
      () => undefined,
    )
  }
  const attempt = async (step: () => Promise<void>) => {
    try {
      await step()
    } catch (error) {
      if (isAbandoned) throw error
      await abandon()
      if (isJotgateError(error)) throw error
      const reason = systemCode(error)
      if (isNew && reason === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
      throw cliErrors.ERR_CLI_OUT({ file, reason }, { cause: error })
    }
  }
  return {
    write: (text) => attempt(async () => (await draft()).write(text)),
    async mustBeNew() {
      isNew = true
      const isThere = await lstat(file).then(Boolean, () => false)
      if (isThere) throw cliErrors.ERR_CLI_EXISTS({ file })
    },
    commit: () => attempt(async () => (await draft()).commit({ replace: !isNew })),
    abandon,
  }
}

async function begin(file: string): Promise<DraftFile> {
  await refuseOther(file)
  return createDraftFile(file, 0o600)
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
