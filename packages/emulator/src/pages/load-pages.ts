import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWhenChanged, type FreshBuild } from './fresh-build.ts'

/** The package, from `src/pages` and from `dist/pages` alike. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Gives the folder of the built pages. In the published package they are there; beside their sources
 * they are built by vite when those have changed.
 *
 * @throws Error when vite cannot build the pages
 */
export async function loadPages(): Promise<FreshBuild> {
  const folder = join(packageFolder, 'pages-dist')
  const sources = join(packageFolder, 'pages')
  if (!existsSync(sources)) return { folder, rebuilt: false }
  // The sources can stand in another workspace than this, without its lock file.
  const lock = [join(packageFolder, '../../package-lock.json')].filter((file) => existsSync(file))
  const configFile = join(packageFolder, 'vite.config.ts')
  return buildWhenChanged({ folder, configFile, sources: [sources, ...lock] })
}
