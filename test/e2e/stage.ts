import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud, createSigner, type SigningKey } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'
import {
  createEmulator,
  createMoviesApp,
  type Emulator,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import { createPortal } from '../../examples/portal/server/index.ts'
import { buildPortalPages } from '../../scripts/pages/portal-pages.ts'
import { registerTenant } from '../../scripts/start/register-tenant.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { findFreePort } from './free-port.ts'

const issuer = 'portal.acme.example'
const root = new URL('../..', import.meta.url)

/** An emulated tenant that trusts a key of its own, on a free port. */
export interface Tenant {
  emulator: Emulator
  appId: string
  deployment: ReturnType<typeof cloud>
  signer: ReturnType<typeof createSigner>
  webIntegrationId: string
  key: SigningKey
  /** Where the key is. */
  keyFile: string
  certificateLine: string
  /** Trusts the key again, as an administrator would, after the emulator was reset. */
  register(origins: readonly string[]): Promise<{ webIntegrationId: string }>
  /** Lists the origins from which pages may come. */
  allowOrigins(origins: string[]): Promise<void>
  close(): Promise<void>
}

type AppObjects = NonNullable<Awaited<ReturnType<typeof createMoviesApp>>['objects']>

/**
 * @param origins the pages that may come and may frame Qlik; `allowOrigins` lists others later on
 * @param objects what stands in the app Movies beside its own sheet
 */
export async function createTenant(
  origins = ['http://localhost:1'],
  objects: AppObjects = [],
): Promise<Tenant> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-stage-'))
  const { key, certificateLine, file } = await provideSigningKey(join(folder, 'keys'))
  const table = await readFile(new URL('examples/portal/movies-section-access.csv', root), 'utf8')
  const movies = await createMoviesApp({ sectionAccess: parseSectionAccess(table) })
  const apps = [{ ...movies, objects: [...(movies.objects ?? []), ...objects] }]
  const emulator = await createEmulator({ apps })
  const deployment = cloud({ url: `http://localhost:${emulator.port}`, issuer })
  const apiKey = emulator.adminKey
  const register = (validOrigins: readonly string[]) =>
    registerTenant({ deployment, apiKey, key, certificateLine, origins: validOrigins })
  const { webIntegrationId } = await register(origins)
  const administration = createAdministration({ deployment, apiKey })
  return {
    emulator,
    appId: moviesAppId,
    deployment,
    signer: createSigner({ deployment, key }),
    webIntegrationId,
    key,
    keyFile: file,
    certificateLine,
    register,
    allowOrigins: async (validOrigins) => {
      await administration.updateWebIntegration(webIntegrationId, { validOrigins })
    },
    close: async () => {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What `npm start` sets up, on free ports. */
export interface Stage extends Tenant {
  /** Portal and Qlik are one site. */
  portalUrl: string
  /** Qlik is another site. */
  crossSiteUrl: string
}

/** @param otherOrigins pages beside the portal's that may come and may frame Qlik */
export async function createStage(otherOrigins: readonly string[] = []): Promise<Stage> {
  // The tenant lists the portal's addresses before the portal is there.
  const port = await findFreePort()
  const portalUrl = `http://localhost:${port}`
  const crossSiteUrl = `http://portal.localhost:${port}`
  const tenant = await createTenant([portalUrl, crossSiteUrl, ...otherOrigins])
  const { deployment, signer, webIntegrationId, appId, emulator } = tenant
  const portal = await createPortal({
    port,
    otherAddresses: [
      { publicUrl: crossSiteUrl, qlikUrl: `http://qlik.localhost:${emulator.port}` },
    ],
    qlik: { url: deployment.url, issuer, webIntegrationId, appId },
    signer,
    pageFolder: (await buildPortalPages()).folder,
  })
  return {
    ...tenant,
    portalUrl,
    crossSiteUrl,
    close: async () => {
      await portal.close()
      await tenant.close()
    },
  }
}
