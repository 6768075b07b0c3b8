import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settingsTableFile, settingsTableText } from './settings-table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
  process.stdout.write(`${file}\n`)
}

// The other pages are made of modules that import this table, so it is written before they are loaded.
write(settingsTableFile, settingsTableText())
const { generatedPages } = await import('./generated-pages.ts')
for (const [file, text] of Object.entries(await generatedPages())) write(file, text)
