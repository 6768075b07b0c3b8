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
  // Without this entry the browser refuses to show Qlik's pages in a frame of the portal.
  for (const origin of options.origins)
    await administration.createCspOrigin({
      name: `The example portal at ${origin}`,
      origin,
      directives: ['frameAncestors'],
    })
  return { identityProviderId: identityProvider.id, webIntegrationId: webIntegration.id }
}
