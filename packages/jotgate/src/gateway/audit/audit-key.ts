import { inWords, readFileWithin } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'

/** Bounds of an audit key, in bytes. */
export const auditKeyBounds = { min: 32, max: 4096 }

/**
 * Reads the key of the audit log from a file, whose bytes it is: `openssl rand -out audit.key 32` makes one.
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
  const { bytes, stats, refusal } = await readFileWithin(file, max)
  if (refusal !== undefined) throw refuse(inWords(refusal))
  if (process.platform !== 'win32') {
    if ((stats.mode & 0o077) !== 0) throw refuse('can be read by other users: `chmod 600` it')
    if (![0, process.geteuid?.()].includes(stats.uid))
      throw refuse('belongs to another user, who can replace it')
  }
  if (bytes.length < min) throw refuse(`is shorter than ${min} bytes`)
  return bytes
}
