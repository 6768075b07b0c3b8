import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Deployment, SigningKey } from 'jotgate'
import {
  createAuditKey,
  createAuthorise,
  createGateway,
  type Gateway,
  identifyByAssertion,
  memoryStore,
  readAuditKey,
} from 'jotgate/gateway'
import { pino } from 'pino'
import { demoUsers } from '../../examples/portal/server/index.ts'

/** A gateway in front of one Qlik. */
export interface FrontOfQlik {
  /** Names its audit log, and its lines in the log. */
  name: string
  /** Its own address, on the site of the portal. */
  publicUrl: string
  /** The Qlik behind it, and the key that it trusts. */
  deployment: Deployment
  key: SigningKey
}

/** Gateways for the portal, at one port. */
export interface GatewaysForPortal {
  port: number
  /** The address of the portal whose pages use them. */
  portalUrl: string
  fronts: readonly FrontOfQlik[]
  /** The `iss` of the portal's assertions, and the key that signs them. */
  assertionIssuer: string
  assertionKey: SigningKey
  /** For its keys, as those of the portal. */
  keyFolder: string
  /** For the audit logs, and the log. */
  folder: string
}

/** What `startGatewaysForPortal` gives. */
export interface RunningGateways {
  /** In the order of the fronts. */
  readonly gateways: readonly Gateway[]
  readonly auditFolders: readonly string[]
  close(): Promise<void>
}

/**
 * Starts gateways as `jotgate gateway` would, but for their store: sessions end with the process, as they do in the
 * local Qlik behind them.
 */
export async function startGatewaysForPortal(options: GatewaysForPortal): Promise<RunningGateways> {
  const { port, portalUrl, fronts, assertionIssuer, assertionKey, keyFolder, folder } = options
  const auditKey = join(keyFolder, 'gateway-audit.key')
  if (!existsSync(auditKey)) await createAuditKey(auditKey)
  const destination = { dest: join(folder, 'gateway.log'), mkdir: true, sync: true }
  const log = pino({ name: 'jotgate' }, pino.destination(destination))
  const auditFolderOf = ({ name }: Pick<FrontOfQlik, 'name'>) => join(folder, 'audit', name)
  const gateways: Gateway[] = []
  const byHost = new Map<string, Gateway>()
  const closeAll = async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
  }
  try {
    for (const { name, publicUrl, deployment, key } of fronts) {
      const gateway = await createGateway({
        publicUrl,
        allowedOrigins: [portalUrl],
        upstream: { deployment, key },
        identify: identifyByAssertion({ issuer: assertionIssuer, key: assertionKey.publicJwk }),
        authorise: createAuthorise({
          groups: { allow: [...new Set(demoUsers.flatMap(({ groups }) => groups))] },
        }),
        loginUrl: portalUrl,
        store: memoryStore(),
        // Its head would come to the terminal each minute.
        audit: {
          folder: auditFolderOf({ name }),
          key: await readAuditKey(auditKey),
          writeHead: () => undefined,
        },
        log: log.child({ gateway: name }),
      })
      gateways.push(gateway)
      byHost.set(new URL(publicUrl).host, gateway)
    }
    const server = createServer()
    // A gateway refuses what is not for its own host.
    const gatewayOf = (host = '') => byHost.get(host.toLowerCase()) ?? gateways[0]
    server.on('request', (request, response) =>
      gatewayOf(request.headers.host)?.handler(request, response),
    )
    server.on('upgrade', (request, socket, head) =>
      gatewayOf(request.headers.host)?.upgrade(request, socket, head),
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return {
      gateways,
      auditFolders: fronts.map(auditFolderOf),
      async close() {
        server.close()
        await closeAll()
        server.closeAllConnections()
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
