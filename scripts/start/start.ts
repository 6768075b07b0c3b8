import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cloud, createSigner, isJotgateError } from 'jotgate'
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
import { readStartOptions, type StartOptions, usage } from './options.ts'
import { registerTenant } from './register-tenant.ts'
import { serverDeployment, serverForPortal, serverPrefix } from './server.ts'
import { provideSigningKey } from './signing-key.ts'
import { createStepReport } from './step-report.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const issuer = 'portal.acme.example'

/** Starts a local Qlik, a gateway and a host application, with keys that they know. */
async function start(options: StartOptions): Promise<{ close(): Promise<void> }> {
  const report = createStepReport(process.stdout)
  report.title('jotgate: a local Qlik and an example portal, on this machine only')
  const portalUrl = `http://localhost:${options.portalPort}`
  // Browsers resolve *.localhost to this machine by themselves. Node and the system's resolver often do
  // not, so only browsers get these names; the servers here speak with localhost.
  const crossSite = {
    publicUrl: `http://portal.localhost:${options.portalPort}`,
    qlikUrl: `http://qlik.localhost:${options.emulatorPort}`,
    serverUrl: `http://sense.localhost:${options.serverPort}`,
  }
  const origins = [portalUrl, crossSite.publicUrl]
  // A third site each: pages and gateway are one, the tenant is another. The browser never speaks with the tenant.
  const throughGateway = {
    publicUrl: `http://www.acme.localhost:${options.portalPort}`,
    qlikUrl: `http://qlik.acme.localhost:${options.gatewayPort}`,
    way: 'gateway',
  } as const
  const keyFolder = join(root, '.jotgate/keys')

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
      keys
        .map(({ created, file }) => `${created ? 'made' : 'found'} ${relative(root, file)}`)
        .join(', '),
  )
  const page = await report.step(
    'pages',
    () => buildPortalPages(),
    ({ rebuilt }) => (rebuilt ? 'built' : 'up to date'),
  )
  const emulators = await report.step(
    'Qlik emulator',
    async () => {
      const file = join(root, 'examples/portal/movies-section-access.csv')
      const sectionAccess = parseSectionAccess(await readFile(file, 'utf8'))
      const apps = [await createMoviesApp({ sectionAccess })]
      const { certificatePem } = serverSigning
      return createEmulators({
        apps,
        products: [
          cloudTenant({ port: options.emulatorPort }),
          serverForPortal({ port: options.serverPort, certificatePem, origins }),
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
      `issuer ${issuer} trusted; web integration ${webIntegrationId} for the direct addresses below`,
  )
  const gatewayFolder = join(root, '.jotgate/gateway')
  const gateway = await report.step(
    'gateway',
    () =>
      startGatewayForPortal({
        port: options.gatewayPort,
        publicUrl: throughGateway.qlikUrl,
        portalUrl: throughGateway.publicUrl,
        tenantUrl: `http://tenant.cloud.localhost:${options.emulatorPort}`,
        issuer,
        key: signing.key,
        assertionIssuer: issuer,
        assertionKey: assertionSigning.key,
        keyFolder,
        folder: gatewayFolder,
      }).catch(onPort(options)),
    () =>
      `${throughGateway.qlikUrl} in front of Qlik Cloud; sessions in memory, log and audit log in ${relative(root, gatewayFolder)}`,
  )
  const portal = await report.step(
    'portal',
    () =>
      createPortal({
        port: options.portalPort,
        publicUrl: portalUrl,
        otherAddresses: [crossSite, throughGateway],
        assertionSigner: createAssertionSigner({
          key: assertionSigning.key,
          issuer,
          gatewayUrl: throughGateway.qlikUrl,
        }),
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
        pageFolder: page.folder,
      }).catch(onPort(options)),
    () =>
      `users ${demoUsers.map(({ id }) => id).join(', ')}; tokens only for people who are logged in`,
  )
  const [first, second, third] = [throughGateway.publicUrl, portalUrl, crossSite.publicUrl].map(
    (url) => url.padEnd(30),
  )
  const indent = ' '.repeat(37)
  report.line(
    `\n  Open ${first} through the gateway: works where third-party cookies are blocked too,` +
      `\n${indent} and no cookie or token of Qlik is in the browser` +
      `\n  or   ${second} directly, portal and Qlik on one site; client-managed Qlik too` +
      `\n  or   ${third} directly, Qlik on another site, ${crossSite.qlikUrl}, as a real tenant is:` +
      `\n${indent} browsers that block third-party cookies stop there, and the page says why` +
      `\n\n  Look into Qlik:  ${emulators.consoleUrl}` +
      '\n       each token and why it was accepted or refused, requests, engine frames, faults to switch on' +
      '\n\n  Ctrl+C ends everything.\n',
  )
  return {
    close: async () => {
      await portal.close()
      await gateway.close()
      await emulators.close()
    },
  }
}

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

function explain(error: unknown): string {
  if (isJotgateError(error)) return `${error.message} [${error.code}]\n${error.hint}`
  return error instanceof Error ? error.message : String(error)
}

async function main(): Promise<void> {
  let options: StartOptions | 'help'
  try {
    options = readStartOptions(process.argv.slice(2), process.env)
  } catch (error) {
    process.stderr.write(`${explain(error)}\nAll options: npm start -- --help\n`)
    process.exit(2)
  }
  if (options === 'help') {
    process.stdout.write(usage)
    return
  }
  try {
    const running = await start(options)
    let ending = false
    const end = () => {
      if (ending) return
      ending = true
      void running.close().finally(() => process.exit(0))
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
    // The process that started this one is gone: nobody is left to end it.
    process.on('disconnect', end)
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`)
    process.exit(1)
  }
}

await main()
