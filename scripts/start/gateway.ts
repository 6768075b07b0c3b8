import { existsSync } from 'node:fs'
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

/** One Qlik behind the gateway. */
export interface QlikBehind {
  /** Its name in the audit log and the log. */
  name: string
  /** The address of the gateway for it, on the site of the portal. */
  publicUrl: string
  deployment: Deployment
  /** The key that this Qlik trusts. */
  key: SigningKey
}

/** A gateway for the portal, with an address for each Qlik. */
export interface GatewayForPortal {
  port: number
  /** The address of the portal whose pages use it. */
  portalUrl: string
  behind: readonly QlikBehind[]
  /** The `iss` of the portal's assertions, and the key that signs them. */
  assertionIssuer: string
  assertionKey: SigningKey
  /** For its key, as those of the portal. */
  keyFolder: string
  /** For the audit log, and the log. */
  folder: string
}

/**
 * Starts the gateway as `jotgate gateway` would, but for its store: sessions end with the process, as they do in the
 * local Qlik behind it.
 */
export async function startGatewayForPortal(
  options: GatewayForPortal,
): Promise<{ gateway: Gateway; auditFolder: string }> {
  const { port, portalUrl, behind, assertionIssuer, assertionKey, keyFolder, folder } = options
  const auditKey = join(keyFolder, 'gateway-audit.key')
  if (!existsSync(auditKey)) await createAuditKey(auditKey)
  const auditFolder = join(folder, 'audit')
  const destination = { dest: join(folder, 'gateway.log'), mkdir: true, sync: true }
  const gateway = await createGateway({
    sites: behind.map(({ name, publicUrl }) => ({
      publicUrl,
      allowedOrigins: [portalUrl],
      loginUrl: portalUrl,
      upstream: name,
    })),
    upstreams: Object.fromEntries(
      behind.map(({ name, deployment, key }) => [name, { deployment, key }]),
    ),
    identify: identifyByAssertion({ issuer: assertionIssuer, key: assertionKey.publicJwk }),
    authorise: createAuthorise({
      groups: { allow: [...new Set(demoUsers.flatMap(({ groups }) => groups))] },
    }),
    store: memoryStore(),
    // Its head would come to the terminal each minute.
    audit: { folder: auditFolder, key: await readAuditKey(auditKey), writeHead: () => undefined },
    log: pino({ name: 'jotgate' }, pino.destination(destination)),
  })
  try {
    await gateway.listen({ port, host: '127.0.0.1' })
  } catch (error) {
    await gateway.close()
    throw error
  }
  return { gateway, auditFolder }
}
