import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { RsaPublicJwk } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { makeKeyFile } from '../signing/workload.ts'
import type { GatewayConfig } from './gateway-server.ts'
import type { GatewayPlace, HostApplication } from './people.ts'
import { findFreePort, type RunningProgram, startProgram } from './processes.ts'

/** What one run of the benchmark has in common. */
export interface Stage {
  /** Of the run alone. */
  readonly folder: string
  readonly application: HostApplication
  readonly hostKey: RsaPublicJwk
  /** The key that signs for Qlik, by its size. */
  keyFile(bits: number): string
  remove(): void
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

/** The size that jotgate makes by itself. */
const usualBits = 3072

export async function startGateway(
  stage: Stage,
  qlikPort: number,
  bits = usualBits,
): Promise<RunningGateway> {
  const port = await findFreePort()
  const host = `localhost:${port}`
  const config: GatewayConfig = {
    folder: mkdtempSync(join(stage.folder, 'gateway-')),
    port,
    publicUrl: `http://${host}`,
    qlikUrl: `http://127.0.0.1:${qlikPort}`,
    keyFile: stage.keyFile(bits),
    issuer,
    hostKey: stage.hostKey,
  }
  const program = await startProgram('gateway-server', config)
  return { ...program, place: { port, host } }
}
