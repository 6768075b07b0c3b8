import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A host's bundle of @qlik/api, as vite makes it of the package alone. */
export async function bundleQlikApi(): Promise<string> {
  // Inside the project, where the package is found, and where git looks at nothing: other tests read all
  // files of the project meanwhile.
  const cache = join(root, '.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'qlik-api-'))
  try {
    await writeFile(
      join(folder, 'entry.js'),
      `import { auth, users, qix } from '@qlik/api'\nObject.assign(window, { qlikApi: { auth, users, qix } })\n`,
    )
    const { build } = await import('vite')
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: {
        target: 'es2023',
        outDir: join(folder, 'out'),
        lib: { entry: join(folder, 'entry.js'), formats: ['es'], fileName: 'api' },
        rolldownOptions: { output: { codeSplitting: false } },
      },
    })
    const [file = ''] = await readdir(join(folder, 'out'))
    return await readFile(join(folder, 'out', file), 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
