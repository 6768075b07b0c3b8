import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cloud, type SigningKey } from 'jotgate'
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

/** A gateway for the portal, in front of a tenant. */
export interface GatewayForPortal {
  port: number
  /** Its own address, and that of the portal whose pages use it: one site. */
  publicUrl: string
  portalUrl: string
  /** The tenant, and the key that it trusts. */
  tenantUrl: string
  issuer: string
  key: SigningKey
  /** The `iss` of the portal's assertions, and the key that signs them. */
  assertionIssuer: string
  assertionKey: SigningKey
  /** For its keys, as those of the portal. */
  keyFolder: string
  /** For its audit log, and its log. */
  folder: string
}

/**
 * Starts a gateway as `jotgate gateway` would, but for its store: sessions end with the process, as they do in the
 * local Qlik behind it.
 */
export async function startGatewayForPortal(options: GatewayForPortal): Promise<Gateway> {
  const { port, publicUrl, portalUrl, tenantUrl, issuer, key, keyFolder, folder } = options
  const auditKey = join(keyFolder, 'gateway-audit.key')
  if (!existsSync(auditKey)) await createAuditKey(auditKey)
  const gateway = await createGateway({
    publicUrl,
    allowedOrigins: [portalUrl],
    upstream: { deployment: cloud({ url: tenantUrl, issuer }), key },
    identify: identifyByAssertion({
      issuer: options.assertionIssuer,
      key: options.assertionKey.publicJwk,
    }),
    authorise: createAuthorise({
      groups: { allow: [...new Set(demoUsers.flatMap(({ groups }) => groups))] },
    }),
    loginUrl: portalUrl,
    store: memoryStore(),
    // Its head would come to the terminal each minute.
    audit: {
      folder: join(folder, 'audit'),
      key: await readAuditKey(auditKey),
      writeHead: () => undefined,
    },
    log: pino(
      { name: 'jotgate' },
      pino.destination({ dest: join(folder, 'gateway.log'), mkdir: true, sync: true }),
    ),
  })
  try {
    await gateway.listen({ port })
  } catch (error) {
    await gateway.close()
    throw error
  }
  return gateway
}
