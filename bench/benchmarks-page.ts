import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Puts figures between the marks of their name in docs/benchmarks.md. */
export function writeFigures(name: string, figures: string): void {
  const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))
  const begin = `<!-- ${name}: begin -->\n`
  const end = `<!-- ${name}: end -->\n`
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)]
  if (from < begin.length || to < from) throw new Error(`${page} has no marks for ${name}`)
  writeFileSync(page, `${text.slice(0, from)}\n${figures}\n${text.slice(to)}`)
}
