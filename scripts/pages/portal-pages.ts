import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWhenChanged, type FreshBuild } from '../../packages/emulator/src/pages/fresh-build.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const portalFolder = join(root, 'examples/portal')

/**
 * Builds the portal's pages with vite, unless what is there was made of the same sources.
 *
 * @param options.outDir the folder to build into; `examples/portal/dist` by default
 * @throws Error when vite cannot build the pages
 */
export function buildPortalPages(options: { outDir?: string } = {}): Promise<FreshBuild> {
  return buildWhenChanged({
    folder: resolve(options.outDir ?? join(portalFolder, 'dist')),
    configFile: join(portalFolder, 'vite.config.ts'),
    sources: [
      join(portalFolder, 'page'),
      join(portalFolder, 'server/page-parts.ts'),
      join(portalFolder, 'server/views.ts'),
      join(root, 'packages/jotgate/src/browser'),
      join(root, 'packages/jotgate/src/errors'),
      join(root, 'package-lock.json'),
    ],
  })
}
