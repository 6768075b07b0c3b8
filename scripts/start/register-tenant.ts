import { createHash } from 'node:crypto'
import type { CloudDeployment, SigningKey } from 'jotgate'
import { type Kind, ownerOf, planSteps, provisionCloud, type Step } from 'jotgate/provision'
import { createAdministration } from 'jotgate/qlik'

/**
 * Sets a tenant up by jotgate's own provisioning, from outside: the identity provider that trusts our key, the web
 * integration that lets the portal's pages in, an entry of the content security policy for each of their origins so
 * that they may show Qlik in a frame, and groups made from the tokens. What is there already stays.
 * Each key has a setup of its own, so that several portals can share a tenant.
 *
 * @param options.origins one at least
 */
export async function registerTenant(options: {
  deployment: CloudDeployment
  apiKey: string
  key: SigningKey
  certificateLine: string
  origins: readonly string[]
}): Promise<{ webIntegrationId: string }> {
  const { deployment, apiKey, key, certificateLine, origins } = options
  const id = createHash('sha256')
    .update(`${deployment.issuer} ${key.kid}`)
    .digest('hex')
    .slice(0, 16)
  const administration = createAdministration({ deployment, apiKey })
  const { kinds, wanted } = await provisionCloud({
    deployment,
    kid: key.kid,
    certificate: certificateLine,
    setup: { id, title: `The example portal ${id.slice(0, 4)}`, origins },
    administration,
  })
  for (const kind of kinds) {
    const objects = new Map([[kind.name, await kind.list()]])
    for (const step of planSteps({ kinds: [kind], wanted, objects, adopt: false }))
      await carryOut(kind, step)
  }
  const integrations = await administration.listWebIntegrations()
  const integration = integrations.find(({ name }) => ownerOf(name, id) === 'this-setup')
  if (integration === undefined) throw new Error('The portal has no web integration')
  return { webIntegrationId: integration.id }
}

async function carryOut(kind: Kind, { action, wanted, actual, changes, key }: Step): Promise<void> {
  // A conflict: another portal has let the same origin in.
  if (action === 'none' || action === 'conflict') return
  if (action === 'create' && wanted !== undefined) return kind.create(wanted)
  if (action === 'update' && actual !== undefined)
    return kind.update(actual, Object.fromEntries(changes.map(({ field, to }) => [field, to])))
  throw new Error(`${kind.name} ${key} stands in the way (${action})`)
}
