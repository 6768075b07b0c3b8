import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cloud, createSigner } from 'jotgate'
import {
  cloudTenant,
  createEmulators,
  createMoviesApp,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import {
  createAssertionSigner,
  createPortal,
  demoUsers,
} from '../../examples/portal/server/index.ts'
import { buildPortalPages } from '../pages/portal-pages.ts'
import { startGatewayForPortal } from './gateway.ts'
import { createLoginSource } from './login-sources.ts'
import type { StartOptions } from './options.ts'
import { registerTenant } from './register-tenant.ts'
import { serverDeployment, serverForPortal, serverPrefix, setUpServer } from './server.ts'
import { provideSigningKey } from './signing-key.ts'
import type { StepReport } from './step-report.ts'

const root = new URL('../..', import.meta.url)
const issuer = 'portal.acme.example'

/** Where the parts of the demonstration are. */
export interface DemonstrationOptions extends StartOptions {
  /** For keys, and for what the gateway writes. */
  folder: string
  /** Tells what is done. */
  report: Pick<StepReport, 'step'>
}

/** A local Qlik of each product, a gateway in front of them and a host application, with keys that they know. */
export async function startDemonstration(options: DemonstrationOptions) {
  const { folder, report } = options
  const plainUrl = `http://localhost:${options.portalPort}`
  // Browsers resolve *.localhost to this machine by themselves. Node and the system's resolver often do not, so only
  // browsers get these names, and the portal's servers speak with localhost. Pages and gateway are one site; each Qlik is
  // another, as in earnest.
  const atGateway = {
    qlikUrl: `http://qlik.acme.localhost:${options.gatewayPort}`,
    serverUrl: `http://sense.acme.localhost:${options.gatewayPort}`,
  }
  const named = {
    publicUrl: `http://www.acme.localhost:${options.portalPort}`,
    qlikUrl: `http://tenant.cloud.localhost:${options.emulatorPort}`,
    serverUrl: `http://sense.server.localhost:${options.serverPort}`,
    gateway: atGateway,
  }
  const origins = [named.publicUrl, plainUrl]
  const keyFolder = join(folder, 'keys')

  const [signing, serverSigning, assertionSigning] = await report.step(
    'signing keys',
    // One for each Qlik, and one for the gateway: whoever has the one must not get into the other.
    async () =>
      [
        await provideSigningKey(keyFolder),
        await provideSigningKey(keyFolder, 'server'),
        await provideSigningKey(keyFolder, 'assertion'),
      ] as const,
    (keys) =>
      keys.map(({ created, file }) => `${created ? 'made' : 'found'} ${shown(file)}`).join(', '),
  )
  const page = await report.step(
    'pages',
    () => buildPortalPages(),
    ({ rebuilt }) => (rebuilt ? 'built' : 'up to date'),
  )
  const emulators = await report.step(
    'Qlik emulator',
    async () => {
      const file = new URL('examples/portal/movies-section-access.csv', root)
      const sectionAccess = parseSectionAccess(await readFile(file, 'utf8'))
      const apps = [await createMoviesApp({ sectionAccess })]
      return createEmulators({
        apps,
        products: [
          cloudTenant({ port: options.emulatorPort }),
          serverForPortal({ port: options.serverPort }),
        ],
      }).catch(onPort(options))
    },
    ({ products }) =>
      `Qlik Cloud at ${products.cloud.url}, client-managed Qlik at ${products['client-managed'].url}; one app, Movies`,
  )
  const { cloud: tenantEmulator, 'client-managed': server } = emulators.products
  const deployment = cloud({ url: tenantEmulator.url, issuer })
  await report.step(
    'Qlik’s own pages',
    // The emulator builds them at the first request: better now than while a visitor waits.
    () => fetch(new URL('/qlik-embed/main.js', deployment.url)),
    ({ ok, status }) => (ok ? '/single/ and qlik-embed are ready' : `not built: ${status}`),
  )
  const tenant = await report.step(
    'identity provider',
    () =>
      registerTenant({
        deployment,
        apiKey: emulators.adminKey,
        key: signing.key,
        certificateLine: signing.certificateLine,
        origins,
      }),
    ({ webIntegrationId }) =>
      `issuer ${issuer} trusted; web integration ${webIntegrationId} for pages that go to Qlik directly`,
  )
  await report.step(
    'virtual proxy',
    () =>
      setUpServer({
        repositoryUrl: server.urls.qrs,
        certificates: emulators.certificates,
        deployment: serverDeployment(named.serverUrl),
        certificatePem: serverSigning.certificatePem,
        origins,
      }),
    ({ done }) => `made by jotgate/provision: ${done.map(({ key }) => key).join(', ')}`,
  )
  const gatewayFolder = join(folder, 'gateway')
  const { gateway, auditFolder } = await report.step(
    'gateway',
    () =>
      startGatewayForPortal({
        port: options.gatewayPort,
        portalUrl: named.publicUrl,
        behind: [
          {
            name: 'cloud',
            publicUrl: atGateway.qlikUrl,
            deployment: cloud({ url: named.qlikUrl, issuer }),
            key: signing.key,
          },
          {
            name: 'client-managed',
            publicUrl: atGateway.serverUrl,
            deployment: serverDeployment(named.serverUrl),
            key: serverSigning.key,
          },
        ],
        assertionIssuer: issuer,
        assertionKey: assertionSigning.key,
        keyFolder,
        folder: gatewayFolder,
      }).catch(onPort(options)),
    () =>
      `${atGateway.qlikUrl} and ${atGateway.serverUrl}; sessions in memory, log and audit log in ${shown(gatewayFolder)}`,
  )
  const assertionSignerFor = (gatewayUrl: string) =>
    createAssertionSigner({ key: assertionSigning.key, issuer, gatewayUrl })
  const portal = await report.step(
    'portal',
    () =>
      createPortal({
        port: options.portalPort,
        publicUrl: plainUrl,
        otherAddresses: [named],
        assertionSigners: {
          cloud: assertionSignerFor(atGateway.qlikUrl),
          server: assertionSignerFor(atGateway.serverUrl),
        },
        qlik: {
          url: deployment.url,
          issuer,
          webIntegrationId: tenant.webIntegrationId,
          appId: moviesAppId,
        },
        signer: createSigner({ deployment, key: signing.key }),
        server: {
          place: { url: server.url, prefix: serverPrefix, appId: moviesAppId },
          signer: createSigner({
            deployment: serverDeployment(server.url),
            key: serverSigning.key,
          }),
        },
        loginSources: [
          createLoginSource({
            auditFolder,
            requests: () => emulators.requests,
            origins,
            userIdOf: (wanted) =>
              tenantEmulator.state.users().find(({ subject }) => subject === wanted)?.id,
          }),
        ],
        pageFolder: page.folder,
      }).catch(onPort(options)),
    () =>
      `users ${demoUsers.map(({ id }) => id).join(', ')}; tokens only for people who are logged in`,
  )
  return {
    /** The address of the portal whose pages go through the gateway until somebody chooses otherwise. */
    portalUrl: named.publicUrl,
    /** The one that every browser opens, whose pages reach Qlik directly. */
    plainUrl,
    emulators,
    gateway,
    async close() {
      await portal.close()
      await gateway.close()
      await emulators.close()
    },
  }
}

const shown = (file: string) => relative(fileURLToPath(root), file)

/** A port that is taken is the user's to free: one line, not a stack. */
function onPort(ports: StartOptions): (error: unknown) => never {
  return (error) => {
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      if (!('code' in cause) || cause.code !== 'EADDRINUSE') continue
      const taken = 'port' in cause ? cause.port : undefined
      const part = partsWithPort.find((one) => ports[`${one}Port`] === taken) ?? 'portal'
      throw new Error(
        `The ${part}'s port is in use; is another jotgate running? ` +
          `Choose another: npm start -- --${part}-port PORT, or JOTGATE_${part.toUpperCase()}_PORT.`,
      )
    }
    throw error
  }
}

const partsWithPort = ['emulator', 'server', 'portal', 'gateway'] as const
