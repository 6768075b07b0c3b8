import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileEarly, type Parse } from './compile-early.ts'

/** The command whose start matters most: scripts call it for each token. */
const quickest = 'src/cli/token/create.ts'

/** What of vite is used here. Its own types bring the browser's to the scripts. */
interface Vite {
  build(options: object): Promise<{ readonly output: readonly Chunk[] }>
  parseAst: Parse
}

interface Chunk {
  readonly fileName: string
  readonly imports: readonly string[]
  readonly moduleIds: readonly string[]
}

interface Group {
  readonly name: string
  readonly test: (id: string) => boolean
  readonly priority: number
}

/** One character beyond ASCII can make V8 keep all of a file in twice the memory. */
const toAscii = (code: string) =>
  code.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Puts the command in place of its plain modules, which nothing else uses: one file that every command
 * needs, one with all that `token create` needs besides, and one for each other that is loaded when it is
 * asked for. Why, and why CommonJS, stands in docs/decisions/0004. The libraries stay outside, so their
 * licences need no copy.
 *
 * @param options.packageFolder the package `jotgate`, with its sources
 * @param options.distFolder the compiled package
 */
export async function bundleCommand(options: {
  packageFolder: string
  distFolder: string
}): Promise<void> {
  const { packageFolder, distFolder } = options
  const outDir = join(distFolder, 'cli')
  for (const part of ['cli', 'config'])
    rmSync(join(distFolder, part), { recursive: true, force: true })
  // By a name that the compiler does not follow.
  const name: string = 'vite'
  const { build, parseAst } = (await import(name)) as Vite
  const bundle = async (groups: readonly Group[], write: boolean) =>
    (await build(buildOptions({ packageFolder, outDir, groups, write }))).output
  // Only the bundler knows which modules each entry needs; so it is asked first, and then told what to join.
  const chunks = await bundle([], false)
  const [ofMain, ofToken] = [modulesFor('src/cli/main.ts', chunks), modulesFor(quickest, chunks)]
  await bundle(
    [
      { name: 'main-parts', test: (id) => ofMain.has(id), priority: 2 },
      { name: 'token-create', test: (id) => ofToken.has(id), priority: 1 },
    ],
    true,
  )
  // Not by a plugin: the bundler writes the text again after all of them.
  for (const name of readdirSync(outDir)) {
    const file = join(outDir, name)
    const code = toAscii(readFileSync(file, 'utf8'))
    const isEarly = name === 'main.cjs' || name === 'token-create.cjs'
    writeFileSync(file, isEarly ? compileEarly(code, parseAst) : code)
  }
}

/** The modules that are loaded with an entry: its own, and those that it imports statically. */
function modulesFor(entry: string, chunks: readonly Chunk[]): ReadonlySet<string> {
  const seen = new Map<string, Chunk>()
  const visit = (chunk: Chunk | undefined) => {
    if (chunk === undefined || seen.has(chunk.fileName)) return
    seen.set(chunk.fileName, chunk)
    for (const name of chunk.imports) visit(chunks.find(({ fileName }) => fileName === name))
  }
  visit(chunks.find(({ moduleIds = [] }) => moduleIds.some((id) => id.endsWith(entry))))
  return new Set([...seen.values()].flatMap(({ moduleIds }) => moduleIds))
}

function buildOptions(options: {
  packageFolder: string
  outDir: string
  groups: readonly Group[]
  write: boolean
}): object {
  const { packageFolder, outDir, groups, write } = options
  return {
    root: packageFolder,
    configFile: false,
    // It warns of every import that is dynamic here and static there: both are meant.
    logLevel: 'error',
    build: {
      ssr: join(packageFolder, 'src/cli/main.ts'),
      outDir,
      emptyOutDir: true,
      write,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        // Otherwise each module's path stands above it, as seen from where the build was started.
        experimental: { attachDebugInfo: 'none' },
        output: {
          format: 'cjs',
          // As the modules are that it is made of.
          strict: true,
          comments: false,
          entryFileNames: 'main.cjs',
          // Beside one another: what they read of the package lies at the same distance from each.
          chunkFileNames: '[name].cjs',
          codeSplitting: { groups, includeDependenciesRecursively: false },
        },
      },
    },
  }
}
