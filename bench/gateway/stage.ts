import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RsaPublicJwk } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { makeKeyFile } from '../signing/workload.ts'
import type { GatewayConfig, Product } from './gateway-server.ts'
import { type GatewayPlace, type HostApplication, originOf } from './people.ts'
import { findFreePort, type RunningProgram, startProgram } from './processes.ts'

/** What one run of the benchmark has in common. */
export interface Stage {
  /** Of the run alone. */
  readonly folder: string
  readonly application: HostApplication
  readonly hostKey: RsaPublicJwk
  /** For all that speak TLS. */
  readonly tls: TlsFiles
  /** The key that signs for Qlik, by its size. */
  keyFile(bits: number): string
  remove(): void
}

/** A certificate for localhost, which it signs itself. */
export interface TlsFiles {
  readonly certificateFile: string
  readonly keyFile: string
  /** PEM. */
  readonly certificate: string
}

/** What the gateway is for. */
export interface GatewayKind {
  /** Default `cloud`. */
  readonly product?: Product
  /** Whether it speaks TLS to clients. Default false. */
  readonly isSecure?: boolean
  /** Of the key that signs for Qlik. Default what jotgate makes by itself. */
  readonly bits?: number
}

/** A gateway in front of a server that stands for Qlik. */
export interface RunningGateway extends RunningProgram {
  readonly place: GatewayPlace
}

const issuer = 'https://www.acme.example'

export async function createStage(folder: string): Promise<Stage> {
  const kid = 'host-1'
  const { privateKeyPem, publicJwk } = await createKeyPair({ bits: 2048, kid })
  const keys = new Map<number, ReturnType<typeof makeKeyFile>>()
  return {
    folder,
    application: { issuer, privateKeyPem, kid },
    hostKey: publicJwk,
    tls: makeCertificate(folder),
    keyFile(bits) {
      const key = keys.get(bits) ?? makeKeyFile(bits)
      keys.set(bits, key)
      return key.file
    },
    remove() {
      for (const { remove } of keys.values()) remove()
    },
  }
}

function makeCertificate(folder: string): TlsFiles {
  const certificateFile = join(folder, 'tls.pem')
  const keyFile = join(folder, 'tls-key.pem')
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-out', certificateFile, '-keyout', keyFile],
    ],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`)
  return { certificateFile, keyFile, certificate: readFileSync(certificateFile, 'utf8') }
}

/** The size that jotgate makes by itself. */
const usualBits = 3072

export async function startGateway(
  stage: Stage,
  qlikPort: number,
  { product = 'cloud', isSecure = false, bits = usualBits }: GatewayKind = {},
): Promise<RunningGateway> {
  const port = await findFreePort()
  const host = `localhost:${port}`
  const { certificate } = stage.tls
  const place: GatewayPlace = { port, host, certificate: isSecure ? certificate : undefined }
  const config: GatewayConfig = {
    folder: mkdtempSync(join(stage.folder, 'gateway-')),
    port,
    publicUrl: originOf(place),
    product,
    qlikUrl: `http://127.0.0.1:${qlikPort}`,
    keyFile: stage.keyFile(bits),
    issuer,
    hostKey: stage.hostKey,
    ...(isSecure && { tls: stage.tls }),
  }
  const program = await startProgram('gateway-server', config)
  return { ...program, place }
}
