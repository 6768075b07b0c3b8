import { createHash } from 'node:crypto'
import type { CloudDeployment, SigningKey } from 'jotgate'
import { applyPlan, ownerOf, provisionCloud, readPlan } from 'jotgate/provision'
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
  const provisioning = await provisionCloud({
    deployment,
    kid: key.kid,
    certificate: certificateLine,
    setup: { id, title: `The example portal ${id.slice(0, 4)}`, origins },
    administration,
  })
  const { steps, notChecked } = await readPlan({ provisioning })
  // A conflict: another portal has let the same origin in.
  const plan = { steps: steps.filter(({ action }) => action !== 'conflict'), notChecked }
  await applyPlan({ provisioning, plan })
  const integrations = await administration.listWebIntegrations()
  const integration = integrations.find(({ name }) => ownerOf(name, id) === 'this-setup')
  if (integration === undefined) throw new Error('The portal has no web integration')
  return { webIntegrationId: integration.id }
}
