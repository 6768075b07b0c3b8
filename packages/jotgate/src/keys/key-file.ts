import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { keyErrors } from './errors.ts'

interface KeyFile {
  file: string
  /** Whether nobody but the owner may have rights on it (Windows' modes do not say who may read). */
  secret: boolean
  maxBytes: number
}

/** Reads a small file that holds a key or a certificate. */
export async function readKeyFile(options: KeyFile): Promise<Buffer> {
  const { file } = options
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK a named pipe would hold this call, and with it a thread, for ever.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    return await readBytes(handle, options)
  } catch (error) {
    throw toKeyError(error, file)
  } finally {
    await handle?.close()
  }
}

async function readBytes(handle: FileHandle, { file, secret, maxBytes }: KeyFile): Promise<Buffer> {
  const stats = await handle.stat()
  if (stats.isDirectory()) throw keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'folder' })
  if (!stats.isFile()) throw keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'device or pipe' })
  if (secret && process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw keyErrors.ERR_KEY_MODE({ file, mode: (stats.mode & 0o777).toString(8).padStart(4, '0') })
  if (stats.size > maxBytes) throw keyErrors.ERR_KEY_TOO_LARGE({ source: file, maxBytes })
  return await handle.readFile()
}

function toKeyError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  if (error.code === 'ENOENT') return keyErrors.ERR_KEY_NOT_FOUND({ file }, { cause: error })
  if (error.code === 'EISDIR')
    return keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'folder' }, { cause: error })
  return keyErrors.ERR_KEY_UNREADABLE({ file, reason: String(error.code) }, { cause: error })
}
