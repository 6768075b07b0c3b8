import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createDraftFile } from '../../files/index.ts'
import { checkFolder } from '../create/folder-rights.ts'
import { writeError } from '../create/write-key-pair.ts'
import { keyErrors } from '../errors.ts'
import { type PfxOptions, toPfx } from './to-pfx.ts'

/**
 * Writes a private key and its certificate to a PFX file (PKCS#12) with mode 0600: completely or not at all, and
 * never over an existing file.
 *
 * @param options.file the path; its folder must exist
 * @param options.insecureFolder writes to a folder to which every user can write too. Default false
 * @param options see `toPfx`
 * @throws ERR_KEY_EXISTS, ERR_KEY_FOLDER or ERR_KEY_WRITE, and what `toPfx` throws
 * @see RFC 7292
 * @example
 * await writePfx({
 *   file: 'keys/qlik.pfx',
 *   privateKey: { file: 'keys/qlik.pem' },
 *   certificate: { file: 'keys/qlik.cer' },
 *   passphrase: process.env.PFX_PASSPHRASE ?? '',
 * })
 */
export async function writePfx(
  options: PfxOptions & { file: string; insecureFolder?: boolean },
): Promise<void> {
  const { file } = options
  if (typeof file !== 'string' || file === '') throw new TypeError('The option file is needed')
  await checkFolder(dirname(file), options.insecureFolder)
  // An early answer, before the slow part; the file is created exclusively below.
  if (await exists(file)) throw keyErrors.ERR_KEY_EXISTS({ file })
  const pfx = await toPfx(options)
  try {
    const draft = await createDraftFile(file, 0o600)
    await draft.write(pfx)
    await draft.commit({ replace: false })
  } catch (error) {
    throw writeError(error, dirname(file))
  }
}

const exists = (file: string) =>
  lstat(file).then(
    () => true,
    () => false,
  )
