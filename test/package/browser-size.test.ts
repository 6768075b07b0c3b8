// What a page has to load of jotgate/browser: one file, minified and gzipped.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, it } from 'vitest'

const entry = fileURLToPath(
  new URL('../../packages/jotgate/src/browser/public.ts', import.meta.url),
)

it('is small', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['jotgate-source'] },
    build: { write: false, minify: true, lib: { entry, formats: ['iife'], name: 'client' } },
  })
  const chunks = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  expect(chunks).toHaveLength(1)
  const code = chunks[0]?.type === 'chunk' ? chunks[0].code : ''
  const bytes = gzipSync(code, { level: 9 }).length
  expect(bytes).toBeGreaterThan(5000)
  expect(bytes).toBeLessThan(9900)
})
