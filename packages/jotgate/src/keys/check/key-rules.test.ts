import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tokenRules } from '../../token/index.ts'
import { keyRules } from './key-rules.ts'

/** What checkKey uses; the errors of these files become findings. */
const files = [
  'form/key-form',
  'pfx/read-pfx',
  'read/certificate',
  'read/private-key',
  'source/key-source',
  'strength/strength',
]

describe('the list of rules for keys', () => {
  it('has every error of reading a key', () => {
    const codes = files.flatMap((name) => {
      const text = readFileSync(new URL(`../${name}.ts`, import.meta.url), 'utf8')
      return [...text.matchAll(/keyErrors\.ERR_(\w+)/g)].map(([, code = '']) => code)
    })
    expect(codes.length).toBeGreaterThan(20)
    const ids = codes.map((code) => code.toLowerCase().replaceAll('_', '-'))
    const known = keyRules.map(({ id }) => id)
    expect(ids.filter((id) => !known.includes(id))).toEqual([])
  })

  it('uses no ID twice, nor the ID of a rule for tokens', () => {
    const ids = [...keyRules, ...tokenRules].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(keyRules.map((rule) => [rule.id, rule] as const))('%s is complete', (id, rule) => {
    expect(id).toMatch(/^(key|certificate)(-[a-z0-9]+)+$/)
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/)
    expect(rule.hint).toMatch(/^[A-Z].*[.?]$/s)
    expect(rule.source.length).toBeGreaterThan(8)
    if (rule.effect === 'unknown') expect(rule.certainty).toBe('unknown')
    else expect(rule.certainty).not.toBe('unknown')
  })
})
