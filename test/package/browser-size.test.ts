// What a page has to load of jotgate/browser, minified and gzipped: always, and when something has failed.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'

const client = fileURLToPath(
  new URL('../../packages/jotgate/src/browser/public.ts', import.meta.url),
)

/** Minified and gzipped bytes of a page that connects: what it loads always, and all there is. */
async function measurePage() {
  const entry = 'virtual:page'
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['jotgate-source'] },
    // `ssr` keeps out what vite itself adds once to every page that has a dynamic import, about 0.7 kB.
    build: { write: false, minify: true, ssr: true, rolldownOptions: { input: entry } },
    ssr: { noExternal: true },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `import { connect } from '${client}'; connect(globalThis.options)`
            : undefined,
      },
    ],
  })
  const chunks = [output]
    .flat()
    .flatMap((one) => ('output' in one ? one.output : []))
    .flatMap((file) => (file.type === 'chunk' ? [file] : []))
  const always = new Set<string>()
  const add = (name: string | undefined) => {
    const chunk = chunks.find(({ fileName }) => fileName === name)
    if (chunk === undefined || always.has(chunk.fileName)) return
    always.add(chunk.fileName)
    chunk.imports.forEach(add)
  }
  add(chunks.find(({ isEntry }) => isEntry)?.fileName)
  const bytesOf = (of: typeof chunks) =>
    of.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
  return {
    always: bytesOf(chunks.filter(({ fileName }) => always.has(fileName))),
    whole: bytesOf(chunks),
    code: chunks.filter(({ fileName }) => always.has(fileName)).map(({ code }) => code),
  }
}

describe('a page that connects to Qlik Cloud', () => {
  it('loads less than 6 kB', async () => {
    const { always, whole, code } = await measurePage()
    expect(always).toBeGreaterThan(3000)
    expect(always).toBeLessThan(6000)
    // With the words of every failure, what is loaded when something is asked for, client-managed Qlik and the gateway.
    expect(whole).toBeLessThan(15_600)
    for (const text of ['third-party cookies', '/qps/', 'xrfkey', '/.jotgate/'])
      expect(code.join('')).not.toContain(text)
  })
})
