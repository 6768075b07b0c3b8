import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPages } from '../../packages/emulator/src/pages/load-pages.ts'
import { buildPackages } from './build-packages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const problems = await buildPackages({
  root,
  outDir: (name) => join(root, 'packages', name, 'dist'),
})
if (problems) process.stderr.write(`${problems}\n`)
// The package has the emulator's pages built: without their sources, nobody could build them.
await loadPages()
process.exitCode = problems ? 1 : 0
