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

/** Bounds of an audit key, in bytes. */
const auditKeyBounds = { min: 32, max: 4096 }

/**
 * Reads the key of the audit log from a file, whose bytes it is: `createAuditKey` makes one,
 * and so does `openssl rand -out audit.key 32`.
 *
 * @throws ERR_GATEWAY_AUDIT_UNREADABLE when it cannot be read, is too short, or when others can read it too
 * @example
 * import { readAuditKey } from 'jotgate/gateway'
 *
 * const key = await readAuditKey('/etc/jotgate/audit.key')
 */
export async function readAuditKey(file: string): Promise<Uint8Array> {
  const refuse = (problem: string) =>
    gatewayErrors.ERR_GATEWAY_AUDIT_UNREADABLE({ source: file, problem })
  const { min, max } = auditKeyBounds
  const { bytes, problem } = await readSecretFile(file, max)
  if (problem !== undefined) throw refuse(problem)
  if (bytes.length < min) throw refuse(`is shorter than ${min} bytes`)
  return bytes
}

/**
 * Makes a key for the audit log in a new file of mode 0600. A file that exists is never overwritten.
 *
 * @param file its folder is made with mode 0700 where it is missing; not beside the log
 * @throws ERR_GATEWAY_AUDIT_UNREADABLE when the file exists or cannot be written
 * @example
 * import { createAuditKey, readAuditKey } from 'jotgate/gateway'
 *
 * await createAuditKey('/etc/jotgate/audit.key')
 * const key = await readAuditKey('/etc/jotgate/audit.key')
 */
export async function createAuditKey(file: string): Promise<void> {
  const path = resolve(file)
  try {
    await makeFolder(dirname(path))
    const draft = await createDraftFile(path, 0o600)
    await draft.write(randomBytes(auditKeyBounds.min))
    await draft.commit({ replace: false })
  } catch (cause) {
    const isTaken = isSystemError(cause) && cause.code === 'EEXIST' && cause.path === path
    const problem = isTaken
      ? 'exists already, and is not overwritten'
      : `cannot be written (${systemCode(cause)})`
    throw gatewayErrors.ERR_GATEWAY_AUDIT_UNREADABLE({ source: file, problem }, { cause })
  }
}
