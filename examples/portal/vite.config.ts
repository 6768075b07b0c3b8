import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig } from 'vite'
import { pageParts } from './server/page-parts.ts'
import { views } from './server/views.ts'

const page = (name: string) => fileURLToPath(new URL(`page/${name}`, import.meta.url))

export default defineConfig({
  root: page(''),
  plugins: [pageParts({ pageFolder: page('') })],
  publicDir: page('public'),
  // jotgate's sources, as they stand in this workspace: no build of the library comes first.
  resolve: { conditions: ['jotgate-source', ...defaultClientConditions] },
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // No data: URLs: the policy of the pages names no such source for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // nebula.js and each of its charts come in one piece of more than 2 MB.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      // Most of the build's time is nebula.js; what the page parts take is not worth a warning.
      checks: { pluginTimings: false },
      input: [page('sign-in.html'), ...views.map(({ file }) => page(file))],
    },
  },
})
