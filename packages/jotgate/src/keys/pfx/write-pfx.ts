import { randomBytes } from 'node:crypto'
import { lstat, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isJotgateError } from '../../errors/index.ts'
import { openNew, reasonOf, syncFolder, writeThrough } from '../create/new-file.ts'
import { keyErrors } from '../errors.ts'
import { type PfxOptions, toPfx } from './to-pfx.ts'

/**
 * Writes a private key and its certificate to a PFX file (PKCS#12) with mode 0600: completely or not at all, and
 * never over an existing file.
 *
 * @param options.file the path; its folder must exist
 * @param options see `toPfx`
 * @throws ERR_KEY_EXISTS or ERR_KEY_WRITE, and what `toPfx` throws
 * @see RFC 7292
 * @example
 * await writePfx({
 *   file: 'keys/qlik.pfx',
 *   privateKey: { file: 'keys/qlik.pem' },
 *   certificate: { file: 'keys/qlik.cer' },
 *   passphrase: process.env.PFX_PASSPHRASE ?? '',
 * })
 */
export async function writePfx(options: PfxOptions & { file: string }): Promise<void> {
  const { file } = options
  if (typeof file !== 'string' || file === '') throw new TypeError('The option file is needed')
  // An early answer, before the slow part; the file is created exclusively below.
  if (await isThere(file)) throw keyErrors.ERR_KEY_EXISTS({ file })
  await writeWhole(file, await toPfx(options))
}

async function isThere(file: string): Promise<boolean> {
  return await lstat(file).then(
    () => true,
    () => false,
  )
}

/** A draft takes the place of an empty file that this call made: on file systems without hard links too. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(file)
  const draft = join(folder, `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  const made: string[] = []
  const make = async (name: string) => {
    const handle = await openNew(name, 0o600)
    made.push(name)
    return handle
  }
  try {
    const handle = await make(draft)
    try {
      await writeThrough(handle, bytes)
    } finally {
      await handle.close()
    }
    await (await make(file)).close()
    await rename(draft, file)
    await syncFolder(folder)
  } catch (error) {
    await Promise.all(made.map((name) => unlink(name).catch(() => undefined)))
    if (isJotgateError(error)) throw error
    throw keyErrors.ERR_KEY_WRITE({ folder, reason: reasonOf(error) }, { cause: error })
  }
}
