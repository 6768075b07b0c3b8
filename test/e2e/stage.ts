import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud, createSigner } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'
import {
  createEmulator,
  createMoviesApp,
  type Emulator,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import { buildPage, createPortal } from '../../examples/portal/server/index.ts'
import { registerTenant } from '../../scripts/start/register-tenant.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'

const issuer = 'portal.acme.example'
const root = new URL('../..', import.meta.url)

/** What `npm start` sets up, on free ports and with keys of its own. */
export interface Stage {
  emulator: Emulator
  qlikUrl: string
  portalUrl: string
  webIntegrationId: string
  appId: string
  deployment: ReturnType<typeof cloud>
  signer: ReturnType<typeof createSigner>
  close(): Promise<void>
}

export async function createStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-stage-'))
  const { key, certificateLine } = await provideSigningKey(join(folder, 'keys'))
  const table = await readFile(new URL('examples/portal/movies-section-access.csv', root), 'utf8')
  const apps = [await createMoviesApp({ sectionAccess: parseSectionAccess(table) })]
  const emulator = await createEmulator({ apps })
  const deployment = cloud({ url: `http://localhost:${emulator.port}`, issuer })
  const tenant = await registerTenant({
    deployment,
    apiKey: emulator.adminKey,
    key,
    certificateLine,
    origins: ['http://localhost:1'],
  })
  const signer = createSigner({ deployment, key })
  const portal = await createPortal({
    port: 0,
    qlik: {
      url: deployment.url,
      issuer,
      webIntegrationId: tenant.webIntegrationId,
      appId: moviesAppId,
    },
    signer,
    pageFolder: (await buildPage()).folder,
  })
  const portalUrl = `http://localhost:${portal.port}`
  // Which port is free is known only now.
  const administration = createAdministration({ deployment, apiKey: emulator.adminKey })
  await administration.updateWebIntegration(tenant.webIntegrationId, { validOrigins: [portalUrl] })
  return {
    emulator,
    qlikUrl: deployment.url,
    portalUrl,
    webIntegrationId: tenant.webIntegrationId,
    appId: moviesAppId,
    deployment,
    signer,
    close: async () => {
      await portal.close()
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
