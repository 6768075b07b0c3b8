import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readErrorCatalogue } from '../../scripts/docs/error-reference.ts'
import { generatedPages } from '../../scripts/docs/generated-pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the generated pages', () => {
  it('are what `npm run docs` would write', async () => {
    for (const [file, text] of Object.entries(await generatedPages())) {
      expect(readFileSync(`${root}/${file}`, 'utf8'), `${file}: run npm run docs`).toBe(text)
    }
  })
})

describe('the error catalogue', () => {
  it('names each code once, with a message and a next step', async () => {
    const errors = await readErrorCatalogue()
    expect(errors.length).toBeGreaterThan(20)
    expect(new Set(errors.map(({ code }) => code)).size).toBe(errors.length)
    for (const { code, part, definition } of errors) {
      // keys/ speaks of one key at a time: ERR_KEY_…
      const prefix = part.toUpperCase().replace(/S$/, '')
      expect(code).toMatch(new RegExp(`^ERR_${prefix}_[A-Z0-9_]+$`))
      expect(definition.hint, code).toMatch(/^[A-Z].+[.!]$/s)
      expect(definition.hint, code).not.toMatch(/something went wrong/i)
    }
  })
})
