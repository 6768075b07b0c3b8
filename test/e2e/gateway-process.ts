// `jotgate gateway` as a process of its own, with its store and its audit log on the disk, in front of an emulated
// Qlik. It can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cloud } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { createEmulator } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import { registerTenant } from '../../scripts/start/register-tenant.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { createCommand } from './command.ts'
import { type Product, whoAmI } from './either-gateway-stage.ts'
import { findFreePort } from './free-port.ts'
import { createServer } from './server-stage.ts'

const bin = fileURLToPath(new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url))
const issuer = 'acme.example'
const hostUrl = 'http://localhost:1'

export type GatewayProcess = Awaited<ReturnType<typeof createGatewayProcess>>

export async function createGatewayProcess(product: Product = 'cloud') {
  const hostKey = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const command = await createCommand()
  const { folder, run } = command
  const port = await findFreePort()
  const gatewayUrl = `http://localhost:${port}`
  const signingKey = await provideSigningKey(join(folder, 'keys'))
  const qlik = await startQlik[product](signingKey)
  await writeFile(join(folder, 'host.jwk'), JSON.stringify(hostKey.publicJwk))
  const gateway = {
    publicUrl: gatewayUrl,
    allowedOrigins: [hostUrl],
    listen: { port },
    identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
  }
  const settings = { deployments: { acme: qlik.deployment }, gateway }
  await writeFile(join(folder, 'jotgate.config.json'), JSON.stringify(settings))
  const made = await run(['gateway', 'init'])
  if (made.exitCode !== 0) throw new Error(made.err)
  const data = join(folder, 'jotgate-data')
  const secrets = join(folder, 'jotgate-secrets')
  let child: ChildProcess | undefined

  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }
  return {
    gatewayUrl,
    hostUrl,
    whoAmI: whoAmI[product],
    /** Where the store and the audit log are. */
    data,
    auditFolder: join(data, 'audit'),
    get pid() {
      return child?.pid
    },
    kill,
    /** Resolves when it says that it listens. */
    async start() {
      const { PATH = '', HOME = '' } = process.env
      const env = { PATH, HOME }
      const started = spawn(process.execPath, [bin, 'gateway'], { cwd: folder, env })
      child = started
      started.stdout.resume()
      let said = ''
      await new Promise<void>((resolve, reject) => {
        started.stderr.setEncoding('utf8').on('data', (text: string) => {
          said = (said + text).slice(-10_000)
          if (said.includes('listens at')) resolve()
        })
        started.once('close', () => reject(new Error(`The gateway has ended: ${said}`)))
      })
    },
    /** What the host application says of somebody; each may be used once. */
    assertionFor: (subject: string) =>
      jsonwebtoken.sign(
        { name: subject, email: `${subject}@acme.example`, email_verified: true },
        hostKey.privateKeyPem,
        {
          algorithm: 'RS256',
          keyid: 'host-1',
          subject,
          issuer: hostUrl,
          audience: gatewayUrl,
          expiresIn: 110,
          jwtid: randomUUID(),
        },
      ),
    /** `jotgate audit verify`, with what the store knows of the log. */
    verify: () =>
      run([
        ...['audit', 'verify', '--folder', join(data, 'audit')],
        ...['--key-file', join(secrets, 'audit.key')],
        ...['--store', join(data, 'sessions.db'), '--store-keys', join(secrets, 'store-keys.json')],
      ]),
    async close() {
      await kill()
      await qlik.close()
      await command.close()
    },
  }
}

type SigningKeyFiles = Awaited<ReturnType<typeof provideSigningKey>>

/** A Qlik that trusts the key, and the deployment of the configuration that reaches it. */
const startQlik = {
  async cloud({ key, certificateLine }: SigningKeyFiles) {
    const emulator = await createEmulator({ switches: { rateLimits: 'off' } })
    const { url, adminKey: apiKey } = emulator
    const deployment = cloud({ url, issuer })
    await registerTenant({ deployment, apiKey, key, certificateLine, origins: [hostUrl] })
    const signing = { key: { file: 'keys/qlik.pem' }, issuer }
    return { deployment: { product: 'cloud', url, signing }, close: () => emulator.close() }
  },
  async 'client-managed'({ certificatePem: certificate }: SigningKeyFiles) {
    const { url, close } = await createServer({ jwt: { certificate } })
    const signing = { key: { file: 'keys/qlik.pem' } }
    const own = { prefix: 'jwt', userDirectory: 'ACME' }
    return { deployment: { product: 'client-managed', url, ...own, signing }, close }
  },
}
