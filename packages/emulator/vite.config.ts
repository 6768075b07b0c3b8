import { globSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const folder = fileURLToPath(new URL('.', import.meta.url))
const pages = join(folder, 'pages')

/** The modules that @qlik/api asks of a tenant, by the function of its own that loads each. */
const runtimeModules = {
  auth: 'getAuthRuntimeModule',
  qix: 'getQixRuntimeModule',
  'invoke-fetch': 'getInvokeFetchRuntimeModule',
} as const

/**
 * @qlik/api carries what a tenant serves, for Node, as chunks whose names change with each version.
 * They are found where its own loader names them; the package is pinned exactly.
 */
function findRuntimeChunks(): Record<keyof typeof runtimeModules, string> {
  const chunks = join(dirname(createRequire(import.meta.url).resolve('@qlik/api')), 'chunks')
  const loader = readdirSync(chunks).find((name) => /^public-runtime-modules-.*\.js$/.test(name))
  const text = loader === undefined ? '' : readFileSync(join(chunks, loader), 'utf8')
  const find = (loads: string) => {
    const body = text.slice(text.indexOf(`function ${loads}(`))
    const name = /isNode\) return import\("\.\/([^"]+\.js)"\)/.exec(body)?.[1]
    if (name === undefined)
      throw new Error(
        `@qlik/api names no chunk in ${loads}: pin the version that this was made for`,
      )
    return join(chunks, name)
  }
  return {
    auth: find(runtimeModules.auth),
    qix: find(runtimeModules.qix),
    'invoke-fetch': find(runtimeModules['invoke-fetch']),
  }
}

/** Hands the chunks out as modules of their own, which share what they share: one state of who is logged in. */
function runtimeChunks(): Plugin {
  const prefix = 'virtual:qlik-embed/'
  const chunks: Readonly<Record<string, string>> = findRuntimeChunks()
  return {
    name: 'qlik-runtime-chunks',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      const chunk = id.startsWith(`\0${prefix}`) ? chunks[id.slice(prefix.length + 1)] : undefined
      if (chunk === undefined) return undefined
      const from = JSON.stringify(chunk)
      return `export * from ${from}\nexport { default } from ${from}`
    },
  }
}

/** Each HTML file in a folder of `pages` is a page; each `qlik-embed/….module.ts` keeps its name. */
function findEntries(): Record<string, string> {
  const html = globSync('*/*.html', { cwd: pages }).map((file) => [basename(file, '.html'), file])
  const modules = globSync('qlik-embed/*.module.ts', { cwd: pages }).map((file) => [
    `qlik-embed/${basename(file, '.module.ts')}`,
    file,
  ])
  return Object.fromEntries([
    ...[...html, ...modules].map(([name = '', file = '']) => [name, join(pages, file)]),
    ...Object.keys(runtimeModules).map((name) => [
      `qlik-embed/${name}`,
      `virtual:qlik-embed/${name}`,
    ]),
  ])
}

export default defineConfig({
  root: pages,
  publicDir: false,
  plugins: [runtimeChunks()],
  // Pages stand at many paths and name what they need from the root; modules also run on pages of
  // other origins, so they find their parts beside themselves.
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `/${file}` : { relative: true }),
  },
  build: {
    outDir: join(folder, 'pages-dist'),
    emptyOutDir: true,
    target: 'es2023',
    // No data: URLs: the policy of the pages names no such source for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: false,
    // nebula.js and each of its charts come in one piece of more than 2 MB.
    chunkSizeWarningLimit: 4000,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: findEntries(),
      preserveEntrySignatures: 'strict',
      checks: { pluginTimings: false },
      output: {
        entryFileNames: ({ name }) =>
          name.startsWith('qlik-embed/') ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
})
