import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tokenRules } from './registry.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const folders = ['form', 'signature', 'cloud', 'client-managed']
const files = folders.flatMap((name) =>
  readdirSync(`${folder}/${name}`)
    .filter((file) => !/(^index|\.test)\.ts$/.test(file))
    .map((file) => `${name}/${file}`),
)

describe('the list of rules', () => {
  it('has every rule that stands in a file, one a file, each once', () => {
    const ids = files.flatMap((file) =>
      [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^ {2}id: '([^']+)'/gm)].map(
        ([, id]) => ({ file, id }),
      ),
    )
    expect(ids.length).toBeGreaterThan(80)
    expect(ids.map(({ id }) => id).sort()).toEqual(tokenRules.map(({ id }) => id).sort())
    expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length)
    expect(new Set(ids.map(({ file }) => file)).size).toBe(ids.length)
  })

  it.each(tokenRules.map((rule) => [rule.id, rule] as const))('%s is said in full', (id, rule) => {
    expect(id).toMatch(/^(form|signature|cloud|client-managed)(-[a-z0-9]+)+$/)
    expect(rule.title).toMatch(/^[A-Z`].*[^.]$/)
    expect(rule.hint).toMatch(/^[A-Z].*[.?]$/)
    expect(rule.source.length).toBeGreaterThan(10)
    // What nobody knows has no certainty, and what is refused or ignored has some.
    if (rule.effect === 'unknown') expect(rule.certainty).toBe('unknown')
    else expect(rule.certainty).not.toBe('unknown')
  })

  it('names its folders for what they hold', () => {
    for (const name of folders) expect(existsSync(`${folder}/${name}/index.ts`)).toBe(true)
  })
})
