import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackages } from './build-packages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const problems = buildPackages({ root, outDir: (name) => join(root, 'packages', name, 'dist') })
if (problems) process.stderr.write(`${problems}\n`)
process.exitCode = problems ? 1 : 0
