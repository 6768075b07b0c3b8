import type { GatewaySettings } from '../../config/index.ts'
import type { Gateway, TlsCertificate } from '../../gateway/index.ts'

/** The certificates of a gateway that serves HTTPS. */
export interface ReadTls {
  readonly certificates: readonly TlsCertificate[]
  /** Warnings of those that expire soon. */
  readonly notices: readonly string[]
}

/**
 * Reads the certificates that the configuration names, and checks them as they are checked when the gateway listens.
 *
 * @param publicUrls addresses of the gateway, each of which needs one
 * @returns undefined without TLS
 * @throws ERR_GATEWAY_TLS, ERR_GATEWAY_OPTION
 */
export async function readTls(
  files: GatewaySettings['listen']['tls'],
  publicUrls: readonly string[],
): Promise<ReadTls | undefined> {
  if (files.length === 0) return undefined
  const { createTls, readSite, readTlsFiles } = await import('../../gateway/index.ts')
  const certificates = await Promise.all(files.map(readTlsFiles))
  const tls = createTls(certificates, { sites: publicUrls.map((url) => readSite(url, [])) })
  return { certificates, notices: tls.notices() }
}

/** Reads the certificates again whenever one of their files has changed. */
export async function reloadTls(
  gateway: Gateway,
  files: GatewaySettings['listen']['tls'],
): Promise<void> {
  if (files.length === 0) return
  const { readTlsFiles } = await import('../../gateway/index.ts')
  await gateway.reloadOnChange({
    name: 'certificate',
    files: files.flatMap(({ certificateFile, keyFile }) => [certificateFile, keyFile]),
    load: async () => gateway.setTls(await Promise.all(files.map(readTlsFiles))),
  })
}
