import { randomBytes } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import {
  createDraftFile,
  isSystemError,
  makeFolder,
  readSecretFile,
  systemCode,
} from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import { readBearer } from './bearer.ts'

const maxBytes = 2048

/**
 * Reads the bearer of an administration from a file of one line, which its owner alone may read.
 *
 * @throws ERR_GATEWAY_ADMIN_BEARER_FILE
 * @example
 * import { readAdminBearer } from 'jotgate/gateway'
 *
 * const bearer = await readAdminBearer('/etc/jotgate/admin-bearer.txt')
 */
export async function readAdminBearer(file: string): Promise<string> {
  const { bytes, problem } = await readSecretFile(file, maxBytes)
  if (problem !== undefined) throw refused(file, problem)
  const read = readBearer('', bytes.toString('utf8').replace(/\r?\n$/, ''))
  if (read.problems !== undefined) throw refused(file, read.problems[0]?.problem ?? '')
  return read.value
}

/**
 * Makes a bearer in a new file of mode 0600. A file that exists is never overwritten.
 *
 * @param file its folder is made with mode 0700 where it is missing
 * @throws ERR_GATEWAY_ADMIN_BEARER_FILE when the file exists or cannot be written
 * @example
 * import { createAdminBearer, readAdminBearer } from 'jotgate/gateway'
 *
 * await createAdminBearer('/etc/jotgate/admin-bearer.txt')
 * const bearer = await readAdminBearer('/etc/jotgate/admin-bearer.txt')
 */
export async function createAdminBearer(file: string): Promise<void> {
  const path = resolve(file)
  try {
    await makeFolder(dirname(path))
    const draft = await createDraftFile(path, 0o600)
    await draft.write(`${randomBytes(32).toString('base64url')}\n`)
    await draft.commit({ replace: false })
  } catch (cause) {
    const isTaken = isSystemError(cause) && cause.code === 'EEXIST' && cause.path === path
    const problem = isTaken
      ? 'exists already, and is not overwritten'
      : `cannot be written (${systemCode(cause)})`
    throw refused(file, problem, cause)
  }
}

const refused = (file: string, problem: string, cause?: unknown) =>
  gatewayErrors.ERR_GATEWAY_ADMIN_BEARER_FILE({ file, problem }, { cause })
