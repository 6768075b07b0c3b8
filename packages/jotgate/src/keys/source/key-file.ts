import { closeSync, constants, fstatSync, open, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { keyErrors } from '../errors.ts'

// Not from `node:fs/promises`: loading that module, and streams with it, takes longer than reading the file.
const openFile = promisify(open)

interface KeyFile {
  file: string
  /** Whether only the owner may have rights to it (modes on Windows do not say who may read). */
  secret: boolean
  maxBytes: number
}

/**
 * Reads a small file that holds a key or a certificate. Opening it may take long, for example on a network drive,
 * so it is asynchronous. Reading is synchronous, since that is faster than a thread for each step.
 */
export async function readKeyFile(options: KeyFile): Promise<Buffer> {
  const { file } = options
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK, opening a named pipe would block a thread permanently.
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
