import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError, makeFolder, readFileWithin, systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import { parseFileName } from './file-names.ts'

/**
 * Makes the folder of an audit log where it is missing.
 *
 * @throws ERR_GATEWAY_OPTION, ERR_GATEWAY_AUDIT
 */
export async function prepareAuditFolder(folder: string, key: Uint8Array): Promise<void> {
  await makeFolder(folder).catch(folderError(folder))
  await checkAuditFolder(folder, key)
}

/**
 * Checks the folder of an audit log, if there is one: nobody else may write there, and the key is elsewhere.
 *
 * @throws ERR_GATEWAY_OPTION, ERR_GATEWAY_AUDIT
 */
export async function checkAuditFolder(folder: string, key: Uint8Array): Promise<void> {
  const refuse = (problem: string) =>
    gatewayErrors.ERR_GATEWAY_OPTION({ option: 'audit.folder', problem })
  const found = await stat(folder).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined
    return folderError(folder)(error)
  })
  if (found === undefined) return
  if (!found.isDirectory()) throw refuse(`is ${folder}, which is not a folder`)
  if (process.platform !== 'win32' && (found.mode & 0o022) !== 0)
    throw refuse('can be written by other users: `chmod 700` it')
  const forms = [
    Buffer.from(key),
    ...(['hex', 'base64', 'base64url'] as const).map((form) =>
      Buffer.from(Buffer.from(key).toString(form)),
    ),
  ]
  const names = await readdir(folder).catch(folderError(folder))
  const others = names.filter((name) => !parseFileName(name))
  for (const name of others.slice(0, maxOtherFiles)) {
    const { bytes } = await readFileWithin(join(folder, name), maxOtherBytes)
    if (bytes !== undefined && forms.some((form) => bytes.includes(form)))
      throw refuse(
        'holds the key too: whoever can change the log could make it fit. Keep the key elsewhere',
      )
  }
}

const maxOtherFiles = 100
const maxOtherBytes = 65_536

/** Turns what the system says about the folder into an error that names it. */
export function folderError(folder: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const problem = `cannot be opened in ${folder} (${systemCode(error)})`
    throw gatewayErrors.ERR_GATEWAY_AUDIT({ problem }, { cause: error })
  }
}
