import { inWords, readFileWithin } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { TlsCertificate } from './tls-certificate.ts'

/** Where a certificate and its key are. */
export interface TlsFiles {
  /** PEM: the certificate of the host name, and those of its issuers after it. */
  readonly certificateFile: string
  /** PEM: its private key, readable by the user of the gateway alone. */
  readonly keyFile: string
}

/**
 * Reads a certificate and its private key from two files.
 *
 * @param files the key must have mode 0600 or stricter, and belong to this user or root
 * @throws ERR_GATEWAY_TLS when one cannot be read, or others can read the key
 * @example
 * import { type Gateway, readTlsFiles } from 'jotgate/gateway'
 *
 * const files = { certificateFile: '/etc/jotgate/tls.pem', keyFile: '/etc/jotgate/tls.key' }
 * export const listen = async (gateway: Gateway) =>
 *   gateway.listen({ port: 443, host: '0.0.0.0', tls: await readTlsFiles(files) })
 */
export async function readTlsFiles({
  certificateFile,
  keyFile,
}: TlsFiles): Promise<TlsCertificate> {
  const [certificate, key] = await Promise.all([readPem(certificateFile), readPem(keyFile)])
  const problem = exposureOf(key.stats)
  if (problem !== undefined) throw gatewayErrors.ERR_GATEWAY_TLS({ source: keyFile, problem })
  return { certificate: certificate.text, key: key.text, source: certificateFile }
}

async function readPem(file: string) {
  const { bytes, stats, refusal } = await readFileWithin(file, maxBytes)
  if (refusal !== undefined)
    throw gatewayErrors.ERR_GATEWAY_TLS({ source: file, problem: inWords(refusal) })
  return { text: bytes.toString('utf8'), stats }
}

/** Modes and owners on Windows do not say who may read. */
function exposureOf({ mode, uid }: { mode: number; uid: number }): string | undefined {
  if (process.platform === 'win32') return undefined
  if ((mode & 0o077) !== 0) return 'can be read by other users: `chmod 600` it'
  const isOwn = uid === 0 || uid === process.geteuid?.()
  return isOwn ? undefined : 'belongs to another user, who can replace it'
}

/** No chain in use is longer. */
const maxBytes = 262_144
