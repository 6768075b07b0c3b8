import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileEarly, type Parse } from './compile-early.ts'

/** What `token create` loads; what these files import comes with them. */
const mintPath =
  /src\/(cli\/token\/create|token\/(signer|deployment|client-managed|lifetime)|keys\/read\/read-signing-key)\.ts$/

/** Every function of these is compiled when they are loaded: the way to a token calls most of them. */
const compiledAtOnce: ReadonlySet<string> = new Set(['main.cjs', 'token-create.cjs'])

/** One character beyond ASCII can make V8 keep all of a file in twice the memory. */
const toAscii = (code: string) =>
  code.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Puts the command in place of its plain modules, which nothing else uses: one file that every command
 * needs, and one for each that is loaded when it is asked for. Why, and why CommonJS, stands in
 * docs/decisions/0004. The libraries stay outside, so their licences need no copy.
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
  // By a name that the compiler does not follow: vite's types bring the browser's to the scripts.
  const vite: string = 'vite'
  const { build, parseAst } = (await import(vite)) as {
    build(options: object): Promise<unknown>
    parseAst: Parse
  }
  await build({
    root: packageFolder,
    configFile: false,
    // It warns of every import that is dynamic here and static there: both are meant.
    logLevel: 'error',
    build: {
      ssr: join(packageFolder, 'src/cli/main.ts'),
      outDir,
      emptyOutDir: true,
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
          codeSplitting: {
            groups: [
              { name: 'main-parts', test: /src\/cli\/main\.ts$/, priority: 2 },
              { name: 'token-create', test: mintPath, priority: 1 },
            ],
          },
        },
      },
    },
  })
  // Not by a plugin: the bundler writes the text again after all of them.
  for (const name of readdirSync(outDir)) {
    const file = join(outDir, name)
    const code = toAscii(readFileSync(file, 'utf8'))
    writeFileSync(file, compiledAtOnce.has(name) ? compileEarly(code, parseAst) : code)
  }
}
