import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { calledFunctions } from './called-functions.ts'
import { compileEarly, type Parse } from './compile-early.ts'

/** What `token create` loads on its way; what these import themselves comes with them. */
const mintPath =
  /src\/(cli\/token\/create|token\/(signer|deployment|client-managed|lifetime)|keys\/read-signing-key)\.ts$/

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
  // Not by a plugin: the bundler writes the text once more behind all of them.
  change(outDir, readdirSync(outDir), (_, code) => toAscii(code))
  const called = calledFunctions(join(outDir, 'main.cjs'))
  change(outDir, ['main.cjs', 'token-create.cjs'], (name, code) => {
    const starts = called.get(name)
    if (starts === undefined) throw new Error(`To make a token, ${name} was not loaded`)
    return compileEarly(code, parseAst, (start) => starts.has(start))
  })
}

function change(
  folder: string,
  names: readonly string[],
  changed: (name: string, code: string) => string,
): void {
  for (const name of names) {
    const file = join(folder, name)
    writeFileSync(file, changed(name, readFileSync(file, 'utf8')))
  }
}
