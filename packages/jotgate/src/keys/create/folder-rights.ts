import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { keyErrors } from '../errors.ts'

/**
 * Refuses a folder for keys to which every user can write. Whoever can, could put another key or certificate in the
 * place of the new one, so that Qlik trusts theirs. The same holds for the folders above it, unless they have the
 * sticky bit, with which users can only rename their own files.
 *
 * @throws ERR_KEY_FOLDER
 */
export async function checkFolder(folder: string, insecureFolder = false): Promise<void> {
  if (insecureFolder || process.platform === 'win32') return
  let at = resolve(folder)
  for (let isFolder = true; ; isFolder = false) {
    const mode = await stat(at).then(
      (stats) => stats.mode & 0o7777,
      // A folder that does not exist will be made with mode 0700; other problems show when it is made.
      () => 0o700,
    )
    const isSticky = (mode & 0o1000) !== 0
    if ((mode & 0o002) !== 0 && (isFolder || !isSticky))
      throw keyErrors.ERR_KEY_FOLDER({ folder: at, mode: mode.toString(8).padStart(4, '0') })
    if (dirname(at) === at) return
    at = dirname(at)
  }
}
