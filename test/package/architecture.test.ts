// docs/architecture.md shows people who may import whom: the same as the rules that are enforced.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { emulatorParts, parts } from './dependency-rules.ts'

const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8')

/** The rows of the tables, by part: what the last column has. */
function tableOf(heading: string): Record<string, string[]> {
  const [, section = ''] = page.split(`## ${heading}\n`)
  const rows = (section.split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)` \|.*\| ([^|]+) \|$/gm)
  return Object.fromEntries(
    [...rows].map(([, part = '', list = '']) => [
      part,
      list === 'nothing' ? [] : list.replaceAll('`', '').split(', '),
    ]),
  )
}

it('the table of the product’s parts is that of the rules', () => {
  const allowed = Object.entries(parts).map(([part, may]) => [
    part,
    [...may.parts, ...may.libraries],
  ])
  expect(tableOf('Parts and what they may import')).toEqual(Object.fromEntries(allowed))
})

it('the table of the emulator’s parts is that of the rules', () => {
  const allowed = Object.entries(emulatorParts).map(([part, may]) => [
    part,
    may.map((one) => one.replaceAll('\\', '').replace(/\/$/, '')),
  ])
  expect(tableOf('Inside the emulator')).toEqual(Object.fromEntries(allowed))
})
