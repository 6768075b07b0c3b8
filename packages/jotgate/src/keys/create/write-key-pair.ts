import { join } from 'node:path'
import type { JotgateError } from '../../errors/index.ts'
import { createNewFiles, isSystemError, makeFolder, systemCode } from '../../files/index.ts'
import { keyErrors } from '../errors.ts'
import type { KeyPair } from './create-key-pair.ts'
import { checkFolder } from './folder-rights.ts'

/**
 * Writes a key pair to two files: `NAME.pem`, the private key (mode 0600), and `NAME.cer`, the certificate for Qlik
 * (mode 0644). No file is ever overwritten. If one of the two cannot be written, neither remains.
 *
 * @param options.folder created with mode 0700 if it does not exist
 * @param options.name up to 64 letters, digits, `.`, `_` and `-`. Default `qlik`
 * @param options.keyPair the result of `createKeyPair`
 * @param options.insecureFolder writes to a folder to which every user can write too. Default false
 * @returns the paths of both files
 * @throws ERR_KEY_EXISTS, ERR_KEY_FOLDER, ERR_KEY_WRITE or ERR_KEY_OPTION
 * @see OWASP ASVS 5.0, 13.3.1 for the modes
 * @example
 * const { privateKeyFile } = await writeKeyPair({ folder: 'keys', keyPair: await createKeyPair() })
 */
export async function writeKeyPair(options: {
  folder: string
  name?: string
  keyPair: Pick<KeyPair, 'privateKeyPem' | 'certificatePem'>
  insecureFolder?: boolean
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
  await checkFolder(folder, options.insecureFolder)
  try {
    await makeFolder(folder)
    const files = await createNewFiles([
      { file: privateKeyFile, mode: 0o600 },
      { file: certificateFile, mode: 0o644 },
    ])
    await files.write([keyPair.privateKeyPem, keyPair.certificatePem])
  } catch (error) {
    throw writeError(error, folder)
  }
  return { privateKeyFile, certificateFile }
}

/** The error for a failed write; a name that is in use has its own. */
export function writeError(cause: unknown, folder: string): JotgateError {
  if (isSystemError(cause) && cause.code === 'EEXIST' && cause.syscall === 'open')
    return keyErrors.ERR_KEY_EXISTS({ file: cause.path ?? folder }, { cause })
  return keyErrors.ERR_KEY_WRITE({ folder, reason: systemCode(cause) }, { cause })
}
