import { closeSync, constants, fstatSync, open, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { keyErrors } from '../errors.ts'

// By a callback: Node loads `node:fs/promises`, and streams with it, at the first use, which takes longer
// than all of the reading.
const openFile = promisify(open)

interface KeyFile {
  file: string
  /** Whether nobody but the owner may have rights on it (Windows' modes do not say who may read). */
  secret: boolean
  maxBytes: number
}

/**
 * Reads a small file that holds a key or a certificate. To open it may take long, on a network say; what
 * is open is read here and now, which takes less than to hand each step to a thread.
 */
export async function readKeyFile(options: KeyFile): Promise<Buffer> {
  const { file } = options
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK a named pipe would hold this call, and with it a thread, for ever.
    descriptor = await openFile(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    return readBytes(descriptor, options)
  } catch (error) {
    throw toKeyError(error, file)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function readBytes(descriptor: number, { file, secret, maxBytes }: KeyFile): Buffer {
  const stats = fstatSync(descriptor)
  if (stats.isDirectory()) throw keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'folder' })
  if (!stats.isFile()) throw keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'device or pipe' })
  if (secret && process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw keyErrors.ERR_KEY_MODE({ file, mode: (stats.mode & 0o777).toString(8).padStart(4, '0') })
  if (stats.size > maxBytes) throw keyErrors.ERR_KEY_TOO_LARGE({ source: file, maxBytes })
  return readFileSync(descriptor)
}

function toKeyError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  if (error.code === 'ENOENT') return keyErrors.ERR_KEY_NOT_FOUND({ file }, { cause: error })
  if (error.code === 'EISDIR')
    return keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'folder' }, { cause: error })
  return keyErrors.ERR_KEY_UNREADABLE({ file, reason: String(error.code) }, { cause: error })
}
