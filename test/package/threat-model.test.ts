// docs/security.md says by which tests each control of the gateway is held: the files are there, and a test in each has
// the ID in its name.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const [, section = ''] = readFileSync(join(root, 'docs/security.md'), 'utf8').split(
  '\n## The gateway\n',
)
const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| \*\*.*$/gm)].map(([row]) => row)

/** What a row names that is not there. */
function missingIn(row: string): string[] {
  const tests = row.split(' | ').at(-1) ?? ''
  return [...tests.matchAll(/`([\w./-]+\.test\.ts)`((?: [TG]-[A-Z]+\d+)*)/g)].flatMap(
    ([, name = '', ids = '']) => {
      const file = join(root, name.startsWith('test/') ? '' : 'packages/jotgate/src/gateway', name)
      if (!existsSync(file)) return [name]
      const source = readFileSync(file, 'utf8').replaceAll(/^ *(?:\/\/|\/?\*).*$/gm, '')
      const named = new Set(source.match(/\b[TG]-[A-Z]+\d+\b/g))
      return ids.split(' ').flatMap((id) => (id === '' || named.has(id) ? [] : [`${name} ${id}`]))
    },
  )
}

it('every threat has a control, and tests that are there', () => {
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) {
    expect(row.split(' | '), row).toHaveLength(3)
    expect(row).toMatch(/`[\w./-]+\.test\.ts`[^`]*\|$/)
  }
  expect(rows.flatMap(missingIn)).toEqual([])
})

it('a test that is gone is missed', () => {
  expect(
    missingIn('| **a** | b | `gone.test.ts` T-C01, `session/cookie.test.ts` T-C01 T-C99 |'),
  ).toEqual(['gone.test.ts', 'session/cookie.test.ts T-C99'])
})
