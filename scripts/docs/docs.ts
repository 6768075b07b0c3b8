import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedPages } from './generated-pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
for (const [file, text] of Object.entries(await generatedPages())) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
  process.stdout.write(`${file}\n`)
}
