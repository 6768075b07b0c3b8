import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import { withLock } from '../process-lock.ts'

/** Holds the digest of the sources that the built pages beside it were made of. */
const digestFile = '.sources.sha256'

/** Built pages and whether they had to be made. */
export interface FreshBuild {
  readonly folder: string
  readonly rebuilt: boolean
}

/**
 * Builds pages with vite, unless what is there was made of the same sources: by one process at a time,
 * and beside the folder, so that nobody reads half a build.
 *
 * @param options.folder the folder of the built pages
 * @param options.configFile vite's configuration; `build.outDir` in it is not taken
 * @param options.sources files and folders that the pages are made of; tests among them do not count
 * @throws Error when a source is missing or vite cannot build the pages
 */
export async function buildWhenChanged(options: {
  folder: string
  configFile: string
  sources: readonly string[]
}): Promise<FreshBuild> {
  const { folder, configFile } = options
  const digest = await digestOf([...options.sources, configFile], dirname(configFile))
  if (await isBuiltFrom(folder, digest)) return { folder, rebuilt: false }
  return withLock(`${folder}.lock`, async () => {
    // Whoever waited finds what the one before has made.
    if (await isBuiltFrom(folder, digest)) return { folder, rebuilt: false }
    await buildInto(folder, configFile, digest)
    return { folder, rebuilt: true }
  })
}

async function isBuiltFrom(folder: string, digest: string): Promise<boolean> {
  return (await readFile(join(folder, digestFile), 'utf8').catch(() => undefined)) === digest
}

async function buildInto(folder: string, configFile: string, digest: string): Promise<void> {
  const fresh = `${folder}.new`
  const old = `${folder}.old`
  const clear = () =>
    Promise.all([fresh, old].map((one) => rm(one, { recursive: true, force: true })))
  await clear()
  // Loaded only here: who finds the pages built starts without vite, and the published package has none.
  // By a name that the compiler does not follow: vite's types bring the browser's into the server.
  const vite: string = 'vite'
  const { build } = (await import(vite)) as { build(options: object): Promise<unknown> }
  await build({ configFile, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
  await writeFile(join(fresh, digestFile), digest)
  await makeFolder(folder)
  await rename(folder, old)
  await rename(fresh, folder)
  await clear()
}

async function digestOf(paths: readonly string[], from: string): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await Promise.all(paths.map(filesUnder))).flat().sort()) {
    const name = relative(from, file).split(sep).join('/')
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
