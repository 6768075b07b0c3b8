import type { CloudDeployment, SigningKey } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'

/**
 * Sets a tenant up as its administrator would: the identity provider that trusts our key, the web
 * integration that lets the portal's pages in, an entry of the content security policy for each of
 * their origins so that they may show Qlik in a frame, and groups made from the tokens.
 */
export async function registerTenant(options: {
  deployment: CloudDeployment
  apiKey: string
  key: SigningKey
  certificateLine: string
  origins: readonly string[]
}): Promise<{ identityProviderId: string; webIntegrationId: string }> {
  const administration = createAdministration({
    deployment: options.deployment,
    apiKey: options.apiKey,
  })
  const identityProvider = await administration.createIdentityProvider({
    issuer: options.deployment.issuer,
    kid: options.key.kid,
    certificateLine: options.certificateLine,
    description: 'The example portal',
  })
  const webIntegration = await administration.createWebIntegration({
    name: 'The example portal',
    validOrigins: [...options.origins],
  })
  await administration.enableGroupCreation()
  for (const origin of options.origins) await allowFraming(options, origin)
  return { identityProviderId: identityProvider.id, webIntegrationId: webIntegration.id }
}

/** Without this entry the browser refuses to show Qlik's pages in a frame of ours. */
async function allowFraming(
  { deployment, apiKey }: { deployment: CloudDeployment; apiKey: string },
  origin: string,
): Promise<void> {
  const response = await fetch(new URL('/api/v1/csp-origins', deployment.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    // Qlik keeps host and port alone.
    body: JSON.stringify({
      name: `The example portal at ${origin}`,
      origin: new URL(origin).host,
      frameAncestors: true,
    }),
  })
  if (!response.ok)
    throw new Error(
      `Qlik refused the CSP origin ${origin}: ${response.status} ${await response.text()}`,
    )
}
