import { type FileHandle, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isJotgateError } from '../../errors/index.ts'
import { keyErrors } from '../errors.ts'
import type { KeyPair } from './create-key-pair.ts'
import { makeFolder, openNew, reasonOf, syncFolder, writeThrough } from './new-file.ts'

/**
 * Writes a key pair to two files: `NAME.pem`, the private key (mode 0600), and `NAME.cer`, the certificate for Qlik
 * (mode 0644). No file is ever overwritten. If one of the two cannot be written, neither remains.
 *
 * @param options.folder created with mode 0700 if it does not exist
 * @param options.name up to 64 letters, digits, `.`, `_` and `-`. Default `qlik`
 * @param options.keyPair the result of `createKeyPair`
 * @returns the paths of both files
 * @throws ERR_KEY_EXISTS, ERR_KEY_WRITE or ERR_KEY_OPTION
 * @see OWASP ASVS 5.0, 13.3.1 for the modes
 * @example
 * const { privateKeyFile } = await writeKeyPair({ folder: 'keys', keyPair: await createKeyPair() })
 */
export async function writeKeyPair(options: {
  folder: string
  name?: string
  keyPair: Pick<KeyPair, 'privateKeyPem' | 'certificatePem'>
}): Promise<{ privateKeyFile: string; certificateFile: string }> {
  const { folder, name = 'qlik', keyPair } = options
  if (typeof folder !== 'string' || folder === '')
    throw new TypeError('The option folder is needed')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    const problem = 'must be up to 64 letters, digits, dots, underscores and hyphens'
    throw keyErrors.ERR_KEY_OPTION({ option: 'name', problem })
  }
  const privateKeyFile = join(folder, `${name}.pem`)
  const certificateFile = join(folder, `${name}.cer`)
  const made: string[] = []
  const handles: FileHandle[] = []
  const make = async (file: string, mode: number) => {
    const handle = await openNew(file, mode)
    made.push(file)
    handles.push(handle)
    return handle
  }
  try {
    await makeFolder(folder)
    // Both files are created before either is written, so that an existing name has no side effect.
    const privateKeyHandle = await make(privateKeyFile, 0o600)
    const certificateHandle = await make(certificateFile, 0o644)
    await writeThrough(privateKeyHandle, keyPair.privateKeyPem)
    await writeThrough(certificateHandle, keyPair.certificatePem)
    await syncFolder(folder)
  } catch (error) {
    await Promise.all(made.map((file) => unlink(file).catch(() => undefined)))
    if (isJotgateError(error)) throw error
    throw keyErrors.ERR_KEY_WRITE({ folder, reason: reasonOf(error) }, { cause: error })
  } finally {
    await Promise.all(handles.map((handle) => handle.close()))
  }
  return { privateKeyFile, certificateFile }
}
