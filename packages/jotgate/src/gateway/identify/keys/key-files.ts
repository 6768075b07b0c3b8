import { stat } from 'node:fs/promises'
import { isJotgateError } from '../../../errors/index.ts'
import { isSystemError, systemCode } from '../../../files/index.ts'
import { type NamedVerificationKey, readVerificationKeys } from '../../../keys/index.ts'
import type { SigningAlgorithm } from '../../../values/index.ts'
import { gatewayErrors } from '../../errors.ts'
import { candidatesFor } from './fixed-keys.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** A key that was put there is trusted this much later at the latest. */
const checkEveryMs = 1000

/** What key files are read with. */
export interface KeyFilesOptions {
  readonly files: readonly string[]
  /** Of a key that names no algorithm. */
  readonly alg: SigningAlgorithm
  /** Milliseconds that only grow. */
  readonly clock: () => number
  readonly onRead: () => void
  /** Called once for each problem, not with each try. */
  readonly onFailure: (problem: string) => void
}

/**
 * Keys in files, which are read again when one of them has changed. All are read or none: while one of them is
 * damaged or away, those that were read before stay.
 */
export function createKeyFiles(options: KeyFilesOptions): TrustedKeys {
  const { files, alg, clock, onRead, onFailure } = options
  let current: { state: string; keys: readonly NamedVerificationKey[] } | undefined
  let checkedAt: number | undefined
  let failure: { problem: string; cause: unknown } | undefined
  let pending: Promise<void> | undefined

  const refresh = async () => {
    checkedAt = clock()
    try {
      const state = await stateOf(files)
      if (state === current?.state) return
      const keys = await Promise.all(files.map((file) => readVerificationKeys({ file, alg })))
      current = { state, keys: keys.flat() }
      failure = undefined
      onRead()
    } catch (cause) {
      const problem = problemOf(cause)
      if (problem !== failure?.problem) onFailure(problem)
      failure = { problem, cause }
    }
  }

  const refreshOnce = () => {
    pending ??= refresh().finally(() => {
      pending = undefined
    })
    return pending
  }

  return {
    async keysFor(kid) {
      if (checkedAt === undefined || Math.abs(clock() - checkedAt) >= checkEveryMs || pending)
        await refreshOnce()
      if (current !== undefined) return candidatesFor(kid, current.keys)
      const { problem = 'there was no answer', cause } = failure ?? {}
      throw gatewayErrors.ERR_GATEWAY_HOST_SILENT({ problem }, { cause })
    },
    async prepare() {
      await refreshOnce()
      if (current === undefined) throw toStartError(failure?.cause)
    },
  }
}

/** Changes whenever a file is written or replaced. */
async function stateOf(files: readonly string[]): Promise<string> {
  const all = await Promise.all(files.map((file) => stat(file)))
  return all.map(({ ino, size, mtimeMs, ctimeMs }) => [ino, size, mtimeMs, ctimeMs]).join(' ')
}

/** An error of the system, by the name of the file. */
function toStartError(cause: unknown): unknown {
  if (!isSystemError(cause)) return cause
  const problem = `names ${cause.path}, which cannot be read (${cause.code})`
  return gatewayErrors.ERR_GATEWAY_OPTION({ option: 'key.file', problem }, { cause })
}

function problemOf(cause: unknown): string {
  if (isJotgateError(cause)) return cause.message
  return `a key file cannot be read (${systemCode(cause)})`
}
