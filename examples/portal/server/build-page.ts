import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const portalFolder = fileURLToPath(new URL('..', import.meta.url))
const workspaceFolder = resolve(portalFolder, '../..')

/** What the pages are made of: other changes do not call for a new build. */
const sources: readonly string[] = [
  join(portalFolder, 'page'),
  join(portalFolder, 'vite.config.ts'),
  join(portalFolder, 'server/page-parts.ts'),
  join(portalFolder, 'server/shown-code.ts'),
  join(portalFolder, 'server/views.ts'),
  join(workspaceFolder, 'packages/jotgate/src/browser'),
  join(workspaceFolder, 'packages/jotgate/src/errors'),
  join(workspaceFolder, 'package-lock.json'),
]

/** Holds the digest of the sources that the built pages beside it were made of. */
const digestFile = '.sources.sha256'

/** The built pages and whether they had to be made. */
export interface BuiltPage {
  readonly folder: string
  readonly rebuilt: boolean
}

let lastBuild: Promise<unknown> = Promise.resolve()

/**
 * Builds the portal's pages with vite, unless what is there was made of the same sources.
 *
 * @param options.outDir the folder to build into; `examples/portal/dist` by default
 * @throws Error when vite cannot build the pages
 * @example
 * const { folder } = await buildPage()
 */
export function buildPage(options: { outDir?: string } = {}): Promise<BuiltPage> {
  const folder = resolve(options.outDir ?? join(portalFolder, 'dist'))
  // One at a time: whoever asks second finds the pages that the first one made.
  const build = lastBuild.then(() => buildWhenChanged(folder))
  lastBuild = build.catch(() => {})
  return build
}

async function buildWhenChanged(folder: string): Promise<BuiltPage> {
  const digest = await digestOf(sources)
  const builtFrom = await readFile(join(folder, digestFile), 'utf8').catch(() => undefined)
  if (builtFrom === digest) return { folder, rebuilt: false }

  // Loaded only here: who finds the pages built starts without vite.
  const { build } = await import('vite')
  await build({
    configFile: join(portalFolder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  })
  // Written last: a build that was cut short is made again.
  await writeFile(join(folder, digestFile), digest)
  return { folder, rebuilt: true }
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await Promise.all(paths.map(filesUnder))).flat().sort()) {
    const name = relative(workspaceFolder, file).split(sep).join('/')
    const text = await readFile(file)
    hash.update(`${name}\n${text.length}\n`).update(text)
  }
  return hash.digest('hex')
}

async function filesUnder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path]
    throw error
  }
}
