import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from '../process-lock.ts'

/** The package, from `src/pages` and from `dist/pages` alike. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Holds the digest of the sources that the built pages beside it were made of. */
const digestFile = '.sources.sha256'

/** The built pages and whether they had to be made. */
export interface LoadedPages {
  readonly folder: string
  readonly rebuilt: boolean
}

/**
 * Gives the folder of the built pages. In the published package they are there; beside their sources
 * they are built by vite when those have changed, by one process at a time.
 *
 * @throws Error when vite cannot build the pages
 */
export async function loadPages(): Promise<LoadedPages> {
  const folder = join(packageFolder, 'pages-dist')
  if (!existsSync(join(packageFolder, 'pages'))) return { folder, rebuilt: false }
  const digest = await digestOf([
    join(packageFolder, 'pages'),
    join(packageFolder, 'vite.config.ts'),
    join(packageFolder, '../../package-lock.json'),
  ])
  if (await isBuiltFrom(folder, digest)) return { folder, rebuilt: false }
  return withLock(`${folder}.lock`, async () => {
    // Whoever waited finds what the one before has made.
    if (await isBuiltFrom(folder, digest)) return { folder, rebuilt: false }
    await buildInto(folder, digest)
    return { folder, rebuilt: true }
  })
}

async function isBuiltFrom(folder: string, digest: string): Promise<boolean> {
  return (await readFile(join(folder, digestFile), 'utf8').catch(() => undefined)) === digest
}

/** Builds beside the folder and then changes the two, so that nobody reads half a build. */
async function buildInto(folder: string, digest: string): Promise<void> {
  const fresh = `${folder}.new`
  const old = `${folder}.old`
  const clear = () =>
    Promise.all([fresh, old].map((one) => rm(one, { recursive: true, force: true })))
  await clear()
  // Loaded only here: who finds the pages built starts without vite, and the published package has none.
  // By a name that the compiler does not follow: vite's types bring the browser's into the server.
  const vite: string = 'vite'
  const { build } = (await import(vite)) as { build(options: object): Promise<unknown> }
  await build({
    configFile: join(packageFolder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  })
  await writeFile(join(fresh, digestFile), digest)
  await mkdir(folder, { recursive: true })
  await rename(folder, old)
  await rename(fresh, folder)
  await clear()
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await Promise.all(paths.map(filesUnder))).flat().sort()) {
    const name = relative(packageFolder, file).split(sep).join('/')
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
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') return [path]
    // The sources can stand in another workspace than this, without its lock file.
    if (code === 'ENOENT') return []
    throw error
  }
}
