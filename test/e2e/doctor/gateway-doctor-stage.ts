// A gateway with its store and its audit log on the disk, behind a server at its public address, in front of an emulated
// tenant. Faults are made in its files, in the server in front, or in what is told of it.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud } from 'jotgate'
import { type CheckResult, type GatewayContext, gatewayChecks, runChecks } from 'jotgate/doctor'
import {
  createAuditKey,
  createGateway,
  createKeyRing,
  identifyByAssertion,
  readAuditKey,
  readKeyRing,
  sqliteStore,
} from 'jotgate/gateway'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { createEmulator } from 'jotgate-emulator'
import { pino } from 'pino'
import { findFreePort } from '../free-port.ts'

const pageOrigin = 'http://localhost:1'

/** What the server in front does to requests and answers. */
interface Front {
  host: string | undefined
  answer(headers: Record<string, string | string[] | undefined>): void
}

export type GatewayDoctorStage = Awaited<ReturnType<typeof createGatewayDoctorStage>>

export async function createGatewayDoctorStage() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-'))
  const hostKey = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const pair = await createKeyPair({ bits: 2048, kid: 'acme-1' })
  const hostKeyFile = join(folder, 'host.jwk')
  await writeFile(hostKeyFile, JSON.stringify(hostKey.publicJwk))
  const secrets = join(folder, 'secrets')
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  const store = { file: join(data, 'sessions.db'), keysFile: join(secrets, 'store-keys.json') }
  const audit = { folder: join(data, 'audit'), keyFile: join(secrets, 'audit.key') }
  await createKeyRing({ file: store.keysFile })
  await createAuditKey(audit.keyFile)

  const emulator = await createEmulator()
  const deployment = cloud({ url: emulator.url, issuer: 'acme.example' })
  const port = await findFreePort()
  const front: Front = { host: undefined, answer: () => undefined }
  const server = createServer((request, response) => {
    const { method, url: path } = request
    const headers = {
      ...request.headers,
      ...(front.host === undefined ? {} : { host: front.host }),
    }
    const onward = sendRequest({ host: '127.0.0.1', port, method, path, headers, agent: false })
    onward.on('error', () => response.destroy())
    onward.on('response', (answer) => {
      const changed = { ...answer.headers }
      front.answer(changed)
      response.writeHead(answer.statusCode ?? 502, changed)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const publicUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  const assertion = { issuer: pageOrigin, key: { file: hostKeyFile } }
  const gateway = await createGateway({
    publicUrl,
    allowedOrigins: [pageOrigin],
    upstream: { deployment, key: await readSigningKey({ pem: pair.privateKeyPem, kid: 'acme-1' }) },
    identify: identifyByAssertion(assertion),
    store: sqliteStore({ file: store.file, keys: await readKeyRing({ file: store.keysFile }) }),
    audit: {
      folder: audit.folder,
      key: await readAuditKey(audit.keyFile),
      writeHead: () => undefined,
    },
    log: pino({ level: 'silent' }),
  })
  await gateway.listen({ port, host: '127.0.0.1' })

  const healthy: GatewayContext = {
    sites: [{ publicUrl, allowedOrigins: [pageOrigin] }],
    identify: { assertion },
    deployments: [{ deployment }],
    store,
    audit,
  }
  const keyFile = join(folder, 'qlik.pem')
  await writeFile(keyFile, pair.privateKeyPem, { mode: 0o600 })
  await writeFile(join(folder, 'qlik.cer'), pair.certificatePem)
  /** The same as a file of the command has it. */
  const config = {
    deployments: {
      prod: {
        product: 'cloud',
        url: emulator.url,
        signing: { issuer: 'acme.example', kid: 'acme-1', key: { file: keyFile } },
      },
    },
    gateway: {
      publicUrl,
      allowedOrigins: [pageOrigin],
      identify: { assertion: { issuer: pageOrigin, keyFiles: [hostKeyFile] } },
      store,
      audit,
    },
  }

  const undo: (() => unknown)[] = []
  return {
    config,
    folder,
    secrets,
    data,
    healthy,
    hostPrivateKeyPem: hostKey.privateKeyPem,
    front,
    /** Changes the mode of a file until the fault is over. */
    async setMode(file: string, broken: number, whole: number) {
      await chmod(file, broken)
      undo.push(() => chmod(file, whole))
    },
    /** Called when the fault is over. */
    later: (step: () => unknown) => void undo.push(step),
    async heal() {
      for (const step of undo.splice(0)) await step()
      front.host = undefined
      front.answer = () => undefined
    },
    async diagnose(told: Partial<GatewayContext> = {}): Promise<CheckResult[]> {
      const results: CheckResult[] = []
      const context = { ...healthy, ...told }
      for await (const result of runChecks({ checks: gatewayChecks, context })) results.push(result)
      return results
    },
    async close() {
      await gateway.close()
      server.closeAllConnections()
      server.close()
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
