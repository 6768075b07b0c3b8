import { type ClientManagedDeployment, clientManaged as clientManagedDeployment } from 'jotgate'
import { applyPlan, provisionClientManaged, readPlan } from 'jotgate/provision'
import { createRepository, createTransport } from 'jotgate/qlik'
import { clientManaged, type Emulators } from 'jotgate-emulator'

/** The prefix of the virtual proxy that trusts the portal’s key. */
export const serverPrefix = 'jwt'

/** The user directory of all of the portal’s people. */
const userDirectory = 'ACME'

/** A client-managed Qlik as it is installed, for the portal. */
export function serverForPortal(options: { port: number }) {
  return clientManaged({
    ...options,
    // What direct mode needs of a server, and what no source settles.
    switches: { proxyPreflight: 'answered', severalOrigins: 'reflected' },
  })
}

/**
 * Sets a server up as its administrator would, from outside: the virtual proxy that trusts the portal’s key, for pages at
 * these origins, and its links.
 *
 * @param options.repositoryUrl where QRS is
 * @param options.certificates of the emulator
 * @param options.origins of the portal; those on another site need SameSite None, which browsers want with Secure
 */
export async function setUpServer(options: {
  repositoryUrl: string | undefined
  certificates: Emulators<readonly [ReturnType<typeof clientManaged>]>['certificates']
  deployment: ClientManagedDeployment
  certificatePem: string
  origins: readonly string[]
}): Promise<{ done: readonly { kind: string; key: string }[] }> {
  const { repositoryUrl: url, certificates, deployment, origins } = options
  if (url === undefined || certificates === undefined)
    throw new TypeError('the emulator of client-managed Qlik has no repository')
  const { root: ca, client: certificate, clientKey: key } = certificates
  const transport = await createTransport({ ca, clientCertificate: { certificate, key } })
  try {
    const provisioning = await provisionClientManaged({
      deployment,
      certificate: options.certificatePem,
      setup: { id: 'exampleportal', origins, virtualProxy: { description: 'The example portal' } },
      repository: createRepository({
        url,
        user: { directory: 'INTERNAL', id: 'sa_api' },
        fetch: transport.fetch,
      }),
    })
    return await applyPlan({ provisioning, plan: await readPlan({ provisioning }) })
  } finally {
    await transport.close()
  }
}

/** The same virtual proxy, as whoever signs tokens for it has it. */
export function serverDeployment(url: string) {
  return clientManagedDeployment({
    url,
    prefix: serverPrefix,
    userDirectory,
    claims: {
      userId: 'userId',
      userDirectory: 'userDirectory',
      groups: 'group',
      attributes: { name: 'name', email: 'email' },
    },
  })
}
